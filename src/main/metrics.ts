import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { Log, RequestRecord } from '../app/ports.ts';
import { tlsFailure } from '../transports/tls/failure.ts';
import type { StoreOperation, WatchStore } from '../store/sql/watched-session.ts';
import { VENDORS } from '../vendors/index.ts';

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

const requestCounters = (registers: Of) => ({
  requests: new Counter({
    name: 'offhook_requests_total',
    help: 'Requests of phones and strangers by door, recognised maker and outcome',
    labelNames: ['door', 'vendor', 'outcome'],
    registers: [...registers],
  }),
  durations: new Histogram({
    name: 'offhook_request_duration_seconds',
    help: 'From the request to the end of the transfer, by door',
    labelNames: ['door'],
    buckets: REQUEST_BUCKETS,
    registers: [...registers],
  }),
  sent: new Counter({
    name: 'offhook_sent_bytes_total',
    help: 'Bytes of answers, without headers, by door',
    labelNames: ['door'],
    registers: [...registers],
  }),
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
  renders: new Histogram({
    name: 'offhook_render_duration_seconds',
    help: 'Writing one file of a phone that was not in the cache',
    buckets: WORK_BUCKETS,
    registers: [...registers],
  }),
});

const ownCounters = (registers: Of) => ({
  apiAnswers: new Counter({
    name: 'offhook_api_requests_total',
    help: 'Requests of the administration by method and status',
    labelNames: ['method', 'status'],
    registers: [...registers],
  }),
  apiDurations: new Histogram({
    name: 'offhook_api_request_duration_seconds',
    help: 'From the request of the administration to its answer',
    buckets: REQUEST_BUCKETS,
    registers: [...registers],
  }),
  store: new Histogram({
    name: 'offhook_store_duration_seconds',
    help: 'Reads and transactions of the store, waiting included',
    labelNames: ['operation'],
    buckets: WORK_BUCKETS,
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

function countRequest(counters: RequestCounters, record: RequestRecord): void {
  const { door, outcome, reason, vendor = 'unknown', bytes, milliseconds, event } = record;
  counters.requests.inc({ door, vendor: KNOWN_VENDORS.has(vendor) ? vendor : 'unknown', outcome });
  const failure = tlsFailure(reason);
  if (failure !== undefined) counters.tlsFailures.inc({ door, reason: failure });
  // What was refused before it was a request has no time of its own.
  if (outcome === 'refused') return;
  counters.durations.observe({ door }, milliseconds / 1000);
  counters.sent.inc({ door }, bytes);
  if (event !== undefined) counters.flagged.inc({ event });
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
  for (const event of ALARMING_EVENTS) own.events.inc({ event }, 0);
  for (const operation of ['read', 'write'] satisfies StoreOperation[]) own.storeFailures.inc({ operation }, 0);
  return {
    registry,
    onRequest: (record) => {
      countRequest(requests, record);
    },
    onRender: (milliseconds) => {
      requests.renders.observe(milliseconds / 1000);
    },
    onApiAnswer: (method, status, milliseconds) => {
      own.apiAnswers.inc({ method: METHODS.has(method) ? method : 'other', status });
      own.apiDurations.observe(milliseconds / 1000);
    },
    onStore: (operation, milliseconds, failed) => {
      own.store.observe({ operation }, milliseconds / 1000);
      if (failed) own.storeFailures.inc({ operation });
    },
    countEvents: (log) =>
      countingLog(log, (event) => {
        own.events.inc({ event });
      }),
    text: async () => `${await registry.metrics()}\n${await processRegistry().metrics()}`,
  };
}
