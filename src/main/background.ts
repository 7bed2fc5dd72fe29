import { warnOfExpiry, type ExpiringCertificate } from '../app/certificates/expiry.ts';
import type { Clock, Log, Store } from '../app/ports.ts';
import { trimJournal, type JournalLimits, type JournalWriter } from '../app/serve/journal-writer.ts';
import type { TenantId } from '../domain/ids.ts';

export interface BackgroundWork {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly records: JournalWriter;
  readonly journal: JournalLimits;
  readonly compare: (tenant: TenantId, limit: number) => Promise<number>;
  /** Those that the doors show. */
  readonly certificates: () => readonly ExpiringCertificate[];
}

const FLUSH_MILLISECONDS = 250;
const COMPARE_MILLISECONDS = 1_000;
const TRIM_MILLISECONDS = 600_000;
const EXPIRY_MILLISECONDS = 86_400_000;
const COMPARE_AT_ONCE = 200;

/** One phone after another of every tenant, until none waits. */
async function compareAll({ store, compare }: BackgroundWork): Promise<void> {
  for (let after: string | undefined; ;) {
    const tenants = await store.platform.tenants.list({ limit: 100, ...(after === undefined ? {} : { after }) });
    for (const tenant of tenants) await compare(tenant.id, COMPARE_AT_ONCE);
    after = tenants.at(-1)?.name;
    if (after === undefined || tenants.length < 100) return;
  }
}

/** Runs `work` again and again, never twice at a time; a failure is logged and the next turn comes. */
function every(milliseconds: number, name: string, log: Log, work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let busy = false;
  const turn = async (): Promise<void> => {
    busy = true;
    try {
      await work();
    } catch (error) {
      log.error('background_failed', { work: name, reason: error instanceof Error ? error.message : 'unknown' });
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => {
    if (!busy) running = turn();
  }, milliseconds);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** What goes on beside the requests. The answer stops it, after what runs has ended. */
export function startBackground(work: BackgroundWork): () => Promise<void> {
  warnOfExpiry(work, work.certificates());
  const stops = [
    every(FLUSH_MILLISECONDS, 'journal', work.log, () => work.records.flush()),
    every(COMPARE_MILLISECONDS, 'compare', work.log, () => compareAll(work)),
    every(TRIM_MILLISECONDS, 'trim', work.log, () => trimJournal(work.store.journal, work.journal, work.clock.now())),
    every(EXPIRY_MILLISECONDS, 'expiry', work.log, () => {
      warnOfExpiry(work, work.certificates());
      return Promise.resolve();
    }),
  ];
  return async () => {
    for (const stop of stops) await stop();
    await work.records.flush();
  };
}
