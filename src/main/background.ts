import { warnOfExpiry, type ExpiringCertificate } from '../app/certificates/expiry.ts';
import { dropAbandoned } from '../app/firmware/save-firmware.ts';
import type { Clock, Crypto, FileStore, Leases, Log, NonceUses, Store } from '../app/ports.ts';
import type { Compare } from '../app/serve/compare-desired.ts';
import { trimJournal, type JournalLimits, type JournalWriter } from '../app/serve/journal-writer.ts';

export interface BackgroundWork {
  readonly store: Store;
  readonly leases: Leases;
  readonly nonces: NonceUses;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly log: Log;
  readonly records: JournalWriter;
  readonly journal: JournalLimits;
  readonly compare: Compare;
  /** Those that the doors show. */
  readonly certificates: () => readonly ExpiringCertificate[];
  /** Takes up what another process has changed of certificates and authorities. */
  readonly renewTrust: () => Promise<void>;
  /** Brings the copies of firmware on this process's disk in line with the store. */
  readonly tidyFiles: () => Promise<void>;
  readonly files: FileStore;
  readonly guard: { readonly share: () => Promise<void>; readonly trim: () => Promise<void> };
}

const FLUSH_MILLISECONDS = 500;
const COMPARE_MILLISECONDS = 1_000;
const SHARE_MILLISECONDS = 1_000;
const TRIM_GUARD_MILLISECONDS = 60_000;
const TIDY_MILLISECONDS = 60_000;
const TRIM_MILLISECONDS = 600_000;
const EXPIRY_MILLISECONDS = 86_400_000;
const COMPARE_AT_ONCE = 200;
const RENEW_MILLISECONDS = 1_000;
const NONCES_MILLISECONDS = 60_000;
/** A process whose clock is behind may still take a nonce that has ended for us. */
const NONCE_GRACE_MILLISECONDS = 60_000;
/** So long after a process has died another one takes up its work. */
const LEASE_MILLISECONDS = 10_000;

type IsOurs = (work: string, milliseconds: number) => Promise<boolean>;

/** Whether this process does the work that one of all does. */
function asHolder({ leases, crypto, clock }: BackgroundWork): IsOurs {
  const holder = crypto.id();
  return (work, milliseconds) => {
    const now = clock.now();
    return leases.take(work, holder, now, new Date(now.getTime() + milliseconds));
  };
}

/** One phone after another of every tenant, until none waits. */
async function compareAll({ store, compare }: BackgroundWork, isOurs: IsOurs): Promise<void> {
  const isOurTurn = (): Promise<boolean> => isOurs('compare', LEASE_MILLISECONDS);
  for (let after: string | undefined; ;) {
    const tenants = await store.platform.tenants.list({ limit: 100, ...(after === undefined ? {} : { after }) });
    for (const tenant of tenants) await compare(tenant.id, COMPARE_AT_ONCE, isOurTurn);
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

async function trim({ store, files, journal, clock }: BackgroundWork, isOurs: IsOurs): Promise<void> {
  if (!(await isOurs('trim', TRIM_MILLISECONDS / 2))) return;
  await trimJournal(store.journal, journal, clock.now());
  await dropAbandoned(store, files, clock.now());
  await store.tidy();
}

/** What goes on beside the requests. The answer stops it, after what runs has ended. */
export function startBackground(work: BackgroundWork): () => Promise<void> {
  warnOfExpiry(work, work.certificates());
  const isOurs = asHolder(work);
  const stops = [
    every(FLUSH_MILLISECONDS, 'journal', work.log, () => work.records.flush()),
    every(RENEW_MILLISECONDS, 'trust', work.log, () => work.renewTrust()),
    every(COMPARE_MILLISECONDS, 'compare', work.log, () => compareAll(work, isOurs)),
    every(TRIM_MILLISECONDS, 'trim', work.log, () => trim(work, isOurs)),
    every(TIDY_MILLISECONDS, 'firmware', work.log, work.tidyFiles),
    every(NONCES_MILLISECONDS, 'nonces', work.log, () =>
      work.nonces.forget(new Date(work.clock.now().getTime() - NONCE_GRACE_MILLISECONDS)),
    ),
    every(EXPIRY_MILLISECONDS, 'expiry', work.log, () => {
      warnOfExpiry(work, work.certificates());
      return Promise.resolve();
    }),
    every(SHARE_MILLISECONDS, 'guard', work.log, work.guard.share),
    every(TRIM_GUARD_MILLISECONDS, 'guard', work.log, work.guard.trim),
  ];
  return async () => {
    for (const stop of stops) await stop();
    await work.records.flush();
  };
}
