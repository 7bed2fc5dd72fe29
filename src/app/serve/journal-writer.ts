import type { Journal, Log, RequestRecord } from '../ports.ts';
import { RecordLines } from './record-lines.ts';
import type { RecordSink } from './record.ts';

export interface JournalLimits {
  readonly rows: number;
  readonly days: number;
}

/** Most records that wait to be written; what comes then is dropped and counted, so that memory is bounded. */
const MAX_WAITING = 20_000;
const MAX_SPARE = 2;

/**
 * Collects records and writes them in batches, off the path of any request: whenever a batch is full, and when `flush` is
 * called, by a timer and at the end.
 */
export class JournalWriter implements RecordSink {
  readonly #journal: Journal;
  readonly #log: Log;
  /** Takes what comes. */
  #open = new RecordLines();
  /** Take nothing any more; oldest first. */
  readonly #closed: RecordLines[] = [];
  readonly #spare: RecordLines[] = [];
  #waiting = 0;
  #dropped = 0;
  #droppedInAll = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(journal: Journal, log: Log) {
    this.#journal = journal;
    this.#log = log;
  }

  add(record: RequestRecord): void {
    if (this.#waiting < MAX_WAITING && (this.#open.add(record) || this.#next().add(record))) this.#waiting += 1;
    else this.#dropped += 1;
  }

  /** How many records wait, and how many were ever dropped. */
  level(): { readonly waiting: number; readonly dropped: number } {
    return { waiting: this.#waiting, dropped: this.#droppedInAll + this.#dropped };
  }

  /** Writes what waits; one flush at a time, and the next begins where this one ends. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  #close(): void {
    this.#closed.push(this.#open);
    this.#open = this.#spare.pop() ?? new RecordLines();
  }

  #next(): RecordLines {
    this.#close();
    void this.flush();
    return this.#open;
  }

  async #write(): Promise<void> {
    for (;;) {
      if (this.#closed.length === 0 && this.#open.count > 0) this.#close();
      const batch = this.#closed[0];
      if (batch === undefined) break;
      try {
        await this.#journal.append(batch.bytes());
      } catch (error) {
        this.#log.error('journal_failed', {
          waiting: this.#waiting,
          reason: error instanceof Error ? error.message : 'unknown',
        });
        return;
      }
      this.#waiting -= batch.count;
      this.#closed.shift();
      batch.clear();
      if (this.#spare.length < MAX_SPARE) this.#spare.push(batch);
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
