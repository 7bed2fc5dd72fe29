import type { ServeFile } from './outcome.ts';

// Some milliseconds of work where nothing is rendered yet; what is alive for one of them must fit the young generation of the heap.
const MOST_TOGETHER = 16;
// Sixteen that come over plain HTTP need less. A TLS handshake can take as long: waiting for several would leave the phones idle,
// each of which has to do its own half of the next one.
const LONGEST_MILLISECONDS = 2;

/** Requests that wait for the next walk. */
class Gathering {
  readonly #atOnce: number;
  #waiting = 0;
  #walk: Promise<void> | undefined;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Resolves for all that wait, in the order in which they came. */
  join(): Promise<void> {
    this.#waiting += 1;
    this.#walk ??= new Promise((start) => {
      this.#lookRound(0, performance.now() + LONGEST_MILLISECONDS, start);
    });
    return this.#walk;
  }

  /** At the end of this round of the event loop: whoever came in it may be followed by others in the next. */
  #lookRound(before: number, until: number, start: () => void): void {
    setImmediate(() => {
      const waiting = this.#waiting;
      if (waiting > before && waiting < this.#atOnce && performance.now() < until) {
        this.#lookRound(waiting, until, start);
        return;
      }
      this.#waiting = 0;
      this.#walk = undefined;
      start();
    });
  }
}

/**
 * The same story, told of all requests that come in one after the other, not of each as it comes. Node accepts one connection
 * in a round of its event loop; what walks at once walks alone, and pushes the code of the network out of the processor's
 * caches as the network did with its own. A request that is alone waits for one round in which nothing happens: microseconds.
 */
export function gathered(serveFile: ServeFile, atOnce = MOST_TOGETHER): ServeFile {
  const gathering = new Gathering(atOnce);
  return async (request) => {
    await gathering.join();
    return serveFile(request);
  };
}
