// Waiting doubles: what was sent last is repeated 1, 3, 7 and 15 ticks after the last progress; after 31 nobody is there. Who
// has never answered may be a forged address and gets less (U1).
const GIVE_UP_UNHEARD = 7;
const GIVE_UP_HEARD = 31;
const isTimeToRepeat = (ticks: number): boolean => (ticks & (ticks + 1)) === 0;

/** Waits for the other end: says when to repeat and when to give up. One timer, moved on at each progress. */
export class Patience {
  readonly #timer: NodeJS.Timeout;
  readonly #onRepeat: () => void;
  readonly #onGiveUp: () => void;
  #ticks = 0;
  #heard = false;

  constructor(milliseconds: number, onRepeat: () => void, onGiveUp: () => void) {
    this.#onRepeat = onRepeat;
    this.#onGiveUp = onGiveUp;
    this.#timer = setTimeout(() => {
      this.#tick();
    }, milliseconds);
    this.#timer.unref();
  }

  /** Whether the other end has answered at least once. */
  get heard(): boolean {
    return this.#heard;
  }

  progress(): void {
    this.#heard = true;
    this.#ticks = 0;
    this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #tick(): void {
    this.#ticks += 1;
    if (this.#ticks >= (this.#heard ? GIVE_UP_HEARD : GIVE_UP_UNHEARD)) {
      this.#onGiveUp();
      return;
    }
    this.#timer.refresh();
    if (isTimeToRepeat(this.#ticks)) this.#onRepeat();
  }
}
