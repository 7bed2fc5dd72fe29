import type { Clock, Log } from '../app/ports.ts';
import type { PhoneDoor } from '../domain/tenant.ts';

/** A listener that is open. */
export interface Door {
  address(): { readonly host: string; readonly port: number };
  /** How many transfers are running; of TFTP only. */
  transfers?(): number;
  /** Lets running transfers end, for a while. */
  close(): Promise<void>;
}

/** What a door turned away before there was a request to ask about: broken bytes, a foreign network, too much at once. */
export interface DoorRefusal {
  readonly door: PhoneDoor;
  readonly address: string;
  /** A fixed word; nothing that the stranger sent. */
  readonly reason: string;
  readonly at: Date;
}

/** What every phones' door is told. */
export interface DoorOptions {
  readonly door: PhoneDoor;
  readonly host: string;
  readonly port: number;
  /** Host name that stands for this door where the phone names none. */
  readonly ownName: string;
  /** First path segments that stand for nothing: `tftpboot`. */
  readonly aliases: readonly string[];
  readonly clock: Clock;
  readonly newId: () => string;
  /** For the journal; the door has logged it already. */
  readonly onRefused?: (refusal: DoorRefusal) => void;
}

const LINES_PER_SECOND = 10;

/**
 * Notes what a door refused. A flood fills no log: past ten lines a second refusals are only counted, and the next line says
 * how many were left out.
 */
export function refusalNotes(options: DoorOptions, log: Log): (address: string, reason: string) => void {
  let second = 0;
  let lines = 0;
  let unsaid = 0;
  return (address, reason) => {
    const at = options.clock.now();
    options.onRefused?.({ door: options.door, address, reason, at });
    const now = Math.floor(at.getTime() / 1000);
    if (now !== second) [second, lines] = [now, 0];
    if (lines >= LINES_PER_SECOND) {
      unsaid += 1;
      return;
    }
    lines += 1;
    log.warn('door_refused', { door: options.door, address, reason, ...(unsaid > 0 ? { unsaid } : {}) });
    unsaid = 0;
  };
}
