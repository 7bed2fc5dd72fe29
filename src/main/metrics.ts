import { collectDefaultMetrics, Counter, Registry } from 'prom-client';
import type { Log, RequestRecord } from '../app/ports.ts';
import { tlsFailure } from '../transports/tls/failure.ts';
import type { StoreOperation, WatchStore } from '../store/sql/watched-session.ts';
import { VENDORS } from '../vendors/index.ts';
import { Timings } from './timings.ts';

/**
 * What is counted while it happens. Every label has few values that we ourselves have written down; nothing that a
 * stranger sends becomes one. docs/monitoring.md explains each.
 */
export interface Metrics {
  readonly registry: Registry;
  /** One request of a phone or stranger, from the record that the journal keeps. */
  readonly onRequest: (record: RequestRecord) => void;
  readonly onRender: (milliseconds: number) => void;
  readonly onApiAnswer: (method: string, status: number, milliseconds: number) => void;
  readonly onStore: WatchStore;
  /** The last write that the store was asked for failed; the background asks for one every second. */
  readonly writesFail: () => boolean;
  /** The same log, its events counted. */
  readonly countEvents: (log: Log) => Log;
  /** Everything in Prometheus' text format. */
  readonly text: () => Promise<string>;
}

export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** Seconds. A served file takes one or two milliseconds, a phone that goes away in the middle half a minute. */
const REQUEST_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const WORK_BUCKETS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/** Events that an alert waits for: they stand at 0 from the start, so that the first one is seen as an increase. */
export const ALARMING_EVENTS = [
  'api_failed',
  'background_failed',
  'certificate_expiring',
  'http_request_failed',
  'journal_dropped',
  'journal_failed',
  'renew_trust_failed',
  'serve_failed',
  'tftp_session_failed',
] as const;

const KNOWN_VENDORS: ReadonlySet<string> = new Set(VENDORS.map(({ id }) => id));
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE']);

// The process is one, however many products (of tests) run in it.
let ofProcess: Registry | undefined;

function processRegistry(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}

type Of = readonly [Registry];

/** What a request adds to. Kept here and handed over when somebody reads: taking labels apart costs more than counting. */
interface Tally {
  readonly labels: { readonly door: string; readonly vendor: string; readonly outcome: string };
  requests: number;
  bytes: number;
}

class Tallies {
  readonly #all = new Map<string, Tally>();

  of(door: string, vendor: string, outcome: string): Tally {
    const key = `${door}|${vendor}|${outcome}`;
    const known = this.#all.get(key);
    if (known !== undefined) return known;
    const tally = { labels: { door, vendor, outcome }, requests: 0, bytes: 0 };
    this.#all.set(key, tally);
    return tally;
  }

  values(): Iterable<Tally> {
    return this.#all.values();
  }
}

function requestCounters(registers: Of) {
  const tallies = new Tallies();
  new Counter({
    name: 'offhook_requests_total',
    help: 'Requests of phones and strangers by door, recognised maker and outcome',
    labelNames: ['door', 'vendor', 'outcome'],
    registers: [...registers],
    collect() {
      this.reset();
      for (const { labels, requests } of tallies.values()) this.inc(labels, requests);
    },
  });
  new Counter({
    name: 'offhook_sent_bytes_total',
    help: 'Bytes of answers, without headers, by door',
    labelNames: ['door'],
    registers: [...registers],
    collect() {
      this.reset();
      for (const { labels, bytes } of tallies.values()) this.inc({ door: labels.door }, bytes);
    },
  });
  return {
    tallies,
    flagged: new Counter({
      name: 'offhook_flagged_requests_total',
      help: 'Requests that an administrator should look at, by the event in the journal',
      labelNames: ['event'],
      registers: [...registers],
    }),
    tlsFailures: new Counter({
      name: 'offhook_tls_failures_total',
      help: 'TLS handshakes that failed, by door and class of reason',
      labelNames: ['door', 'reason'],
      registers: [...registers],
    }),
  };
}

const timings = () => ({
  requests: new Timings({
    name: 'offhook_request_duration_seconds',
    help: 'From the request to the end of the transfer, by door',
    label: 'door',
    buckets: REQUEST_BUCKETS,
  }),
  renders: new Timings({
    name: 'offhook_render_duration_seconds',
    help: 'Writing one file of a phone that was not in the cache',
    buckets: WORK_BUCKETS,
  }),
  api: new Timings({
    name: 'offhook_api_request_duration_seconds',
    help: 'From the request of the administration to its answer',
    buckets: REQUEST_BUCKETS,
  }),
  store: new Timings({
    name: 'offhook_store_duration_seconds',
    help: 'Reads and transactions of the store, waiting included',
    label: 'operation',
    buckets: WORK_BUCKETS,
  }),
});

const ownCounters = (registers: Of) => ({
  apiAnswers: new Counter({
    name: 'offhook_api_requests_total',
    help: 'Requests of the administration by method and status',
    labelNames: ['method', 'status'],
    registers: [...registers],
  }),
  storeFailures: new Counter({
    name: 'offhook_store_failures_total',
    help: 'Reads and transactions that the store could not do',
    labelNames: ['operation'],
    registers: [...registers],
  }),
  events: new Counter({
    name: 'offhook_events_total',
    help: 'Lines of the log by event; docs/events.md explains each',
    labelNames: ['event'],
    registers: [...registers],
  }),
});

type RequestCounters = ReturnType<typeof requestCounters>;

function countRequest(counters: RequestCounters, times: Timings, record: RequestRecord): void {
  const { door, outcome, reason, vendor = 'unknown', bytes, milliseconds, event } = record;
  const tally = counters.tallies.of(door, KNOWN_VENDORS.has(vendor) ? vendor : 'unknown', outcome);
  tally.requests += 1;
  tally.bytes += bytes;
  if (event !== undefined) counters.flagged.inc({ event });
  if (outcome !== 'refused') {
    times.observe(milliseconds, door);
    return;
  }
  // What was refused before it was a request has no time of its own.
  const failure = tlsFailure(reason);
  if (failure !== undefined) counters.tlsFailures.inc({ door, reason: failure });
}

function countingLog(log: Log, count: (event: string) => void): Log {
  const counted =
    (level: keyof Log): Log['info'] =>
    (event, fields) => {
      count(event);
      log[level](event, fields);
    };
  return { info: counted('info'), warn: counted('warn'), error: counted('error') };
}

/** Counters of one product. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const requests = requestCounters([registry]);
  const own = ownCounters([registry]);
  const times = timings();
  let lastWriteFailed = false;
  for (const event of ALARMING_EVENTS) own.events.inc({ event }, 0);
  for (const operation of ['read', 'write'] satisfies StoreOperation[]) own.storeFailures.inc({ operation }, 0);
  return {
    registry,
    onRequest: (record) => {
      countRequest(requests, times.requests, record);
    },
    onRender: (milliseconds) => {
      times.renders.observe(milliseconds);
    },
    onApiAnswer: (method, status, milliseconds) => {
      own.apiAnswers.inc({ method: METHODS.has(method) ? method : 'other', status });
      times.api.observe(milliseconds);
    },
    onStore: (operation, milliseconds, failed) => {
      if (operation === 'write') lastWriteFailed = failed;
      times.store.observe(milliseconds, operation);
      if (failed) own.storeFailures.inc({ operation });
    },
    writesFail: () => lastWriteFailed,
    countEvents: (log) =>
      countingLog(log, (event) => {
        own.events.inc({ event });
      }),
    text: async () => {
      const counted = [await registry.metrics(), await processRegistry().metrics()];
      return [...Object.values(times).map((timing) => timing.text()), ...counted].join('\n');
    },
  };
}
