import { Counter, Gauge, type Registry } from 'prom-client';
import type { GuardCounts } from '../app/guard/guard.ts';
import type { Fleet } from '../app/ports.ts';
import type { ExpiringCertificate } from '../app/certificates/expiry.ts';
import type { DoorReport } from './doors.ts';
import { keptFor } from './kept-for.ts';

/** What is asked for when somebody reads the metrics, and at no other time. */
export interface MetricSources {
  readonly version: string;
  readonly fleet: () => Promise<Fleet>;
  readonly storeBytes: () => Promise<number>;
  readonly journal: () => { readonly waiting: number; readonly dropped: number };
  /** What the guard has done on this node, and how many sources it holds banned. */
  readonly guard: () => { readonly counts: Readonly<GuardCounts>; readonly banned: number };
  readonly tftpTransfers: () => number;
  /** Those that are configured open. */
  readonly doors: readonly DoorReport[];
  readonly certificates: () => readonly ExpiringCertificate[];
  readonly isReady: () => Promise<boolean>;
}

/** Whoever reads every second costs the store no more than one question in so long. */
const KEPT_MILLISECONDS = 15_000;

/** Called at each reading. What cannot be told now is left out: a number of before would be a lie. */
type Read = (gauge: Gauge) => Promise<void> | void;

function gauge(registry: Registry, name: string, help: string, labelNames: readonly string[], read: Read): void {
  new Gauge({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    async collect() {
      if (labelNames.length > 0) this.reset();
      else this.remove();
      try {
        await read(this);
      } catch {
        // The store cannot be asked: its own failure is counted and logged where it is used.
      }
    },
  });
}

function watchFleet(registry: Registry, fleet: () => Promise<Fleet>): void {
  gauge(registry, 'offhook_tenants', 'Tenants', [], async (all) => {
    all.set((await fleet()).tenants);
  });
  gauge(registry, 'offhook_phones', 'Phones of all tenants by state', ['state'], async (phones) => {
    const found = await fleet();
    for (const state of ['owned', 'served', 'outdated'] as const) phones.set({ state }, found[state]);
  });
  gauge(
    registry,
    'offhook_phones_not_compared',
    'Outdated phones that wait to be compared with what they should have',
    [],
    async (phones) => {
      phones.set((await fleet()).notCompared);
    },
  );
}

function watchStore(registry: Registry, { storeBytes, journal }: MetricSources): void {
  const bytes = keptFor(KEPT_MILLISECONDS, storeBytes);
  gauge(registry, 'offhook_store_size_bytes', 'Size of the database', [], async (size) => {
    size.set(await bytes());
  });
  gauge(registry, 'offhook_journal_waiting', 'Records that wait to be written to the journal', [], (waiting) => {
    waiting.set(journal().waiting);
  });
  new Counter({
    name: 'offhook_journal_dropped_total',
    help: 'Records that were dropped because too many waited',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(journal().dropped);
    },
  });
}

/** The label of what the guard counts. */
const GUARD_LABELS = {
  misses: 'miss',
  turnedAway: 'turned_away',
  bans: 'ban',
  sweeps: 'sweep',
  decoysTouched: 'decoy_touched',
} as const satisfies Record<keyof GuardCounts, string>;

function watchGuard(registry: Registry, guard: MetricSources['guard']): void {
  new Counter({
    name: 'offhook_guard_total',
    help: 'What the guard has seen and done on this node',
    labelNames: ['what'],
    registers: [registry],
    collect() {
      this.reset();
      const { counts } = guard();
      this.inc({ what: GUARD_LABELS.misses }, counts.misses);
      this.inc({ what: GUARD_LABELS.turnedAway }, counts.turnedAway);
      this.inc({ what: GUARD_LABELS.bans }, counts.bans);
      this.inc({ what: GUARD_LABELS.sweeps }, counts.sweeps);
      this.inc({ what: GUARD_LABELS.decoysTouched }, counts.decoysTouched);
    },
  });
  gauge(registry, 'offhook_banned_sources', 'Addresses and networks that this node holds banned', [], (banned) => {
    banned.set(guard().banned);
  });
}

function watchDoors(registry: Registry, { doors, tftpTransfers, certificates }: MetricSources): void {
  gauge(registry, 'offhook_door_open', 'Whether a door that is configured open is', ['door'], (open) => {
    for (const door of doors) open.set({ door: door.name }, door.open ? 1 : 0);
  });
  gauge(registry, 'offhook_tftp_transfers', 'TFTP transfers that are running', [], (running) => {
    running.set(tftpTransfers());
  });
  gauge(
    registry,
    'offhook_certificate_expiry_timestamp_seconds',
    'When a server certificate ends',
    ['certificate'],
    (ends) => {
      for (const { name, notAfter } of certificates()) ends.set({ certificate: name }, notAfter.getTime() / 1000);
    },
  );
}

/** Adds what is read from the running product. */
export function watchSources(registry: Registry, sources: MetricSources): void {
  watchFleet(registry, keptFor(KEPT_MILLISECONDS, sources.fleet));
  watchStore(registry, sources);
  watchGuard(registry, sources.guard);
  watchDoors(registry, sources);
  gauge(registry, 'offhook_ready', 'Whether this process can serve', [], async (ready) => {
    ready.set((await sources.isReady()) ? 1 : 0);
  });
  gauge(registry, 'offhook_info', 'The version that runs, as a label; always 1', ['version'], (info) => {
    info.set({ version: sources.version }, 1);
  });
}
