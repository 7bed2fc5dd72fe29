import type { Journal, Log, RequestRecord } from '../ports.ts';
import type { RecordSink } from './record.ts';

export interface JournalLimits {
  readonly rows: number;
  readonly days: number;
}

/** Most records that wait to be written; what comes then is dropped and counted, so that memory is bounded. */
const MAX_WAITING = 20_000;
const BATCH = 1_000;

/** Collects records and writes them in batches, off the path of any request. `flush` is called by a timer and at the end. */
export class JournalWriter implements RecordSink {
  readonly #journal: Journal;
  readonly #log: Log;
  #waiting: RequestRecord[] = [];
  #dropped = 0;
  #droppedInAll = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(journal: Journal, log: Log) {
    this.#journal = journal;
    this.#log = log;
  }

  add(record: RequestRecord): void {
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(record);
    else this.#dropped += 1;
  }

  /** How many records wait, and how many were ever dropped. */
  level(): { readonly waiting: number; readonly dropped: number } {
    return { waiting: this.#waiting.length, dropped: this.#droppedInAll + this.#dropped };
  }

  /** Writes what waits; one flush at a time, and the next begins where this one ends. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, BATCH);
      try {
        await this.#journal.append(batch);
      } catch (error) {
        this.#log.error('journal_failed', {
          waiting: this.#waiting.length,
          reason: error instanceof Error ? error.message : 'unknown',
        });
        return;
      }
      this.#waiting = this.#waiting.slice(batch.length);
    }
    if (this.#dropped > 0) this.#log.warn('journal_dropped', { records: this.#dropped });
    this.#droppedInAll += this.#dropped;
    this.#dropped = 0;
  }
}

/** Keeps the journal within its size and age. */
export async function trimJournal(journal: Journal, limits: JournalLimits, now: Date): Promise<void> {
  await journal.trim({ rows: limits.rows, since: new Date(now.getTime() - limits.days * 86_400_000) });
}
