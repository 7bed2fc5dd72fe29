import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
  type ServerOptions,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Watch } from '../api/watch/routes.ts';
import type { Config } from '../config.ts';
import { bindRemark, type DoorReport } from './doors.ts';

/** Whoever watches asks briefly; who does not is gone within seconds (C4). */
const LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 8 * 1024,
} as const satisfies ServerOptions;

// Of many that only linger, those who watch are not kept out.
const MAX_CONNECTIONS = 1000;

/** The listener for those who only watch: plain, without a login, on loopback unless the operator moves it. */
export interface MetricsDoor {
  /** None where it is switched off. */
  readonly reports: readonly DoorReport[];
  close(): Promise<void>;
}

interface Told {
  readonly status: number;
  readonly contentType?: string;
  readonly text: string;
}

const pageOf = ({ unready, metrics, metricsContentType }: Watch): Readonly<Record<string, () => Promise<Told>>> => ({
  '/health': () => Promise.resolve({ status: 200, text: 'ok\n' }),
  // Why it is not ready is told on the admin door, to the operator.
  '/ready': async () =>
    (await unready()).length === 0 ? { status: 200, text: 'ready\n' } : { status: 503, text: 'not ready\n' },
  '/metrics': async () => ({ status: 200, contentType: metricsContentType, text: await metrics() }),
});

const hasBody = (headers: IncomingHttpHeaders): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

function answerWatchers(watch: Watch): RequestListener {
  const pages = new Map(Object.entries(pageOf(watch)));
  const tell = async (method: string | undefined, url: string): Promise<Told> => {
    const page = method === 'GET' || method === 'HEAD' ? pages.get(url) : undefined;
    return page === undefined ? { status: 404, text: 'Not found\n' } : page();
  };
  return ({ method, url = '', headers }, response) => {
    // Nothing is read here: the connection ends with the answer (C5).
    if (hasBody(headers)) {
      response.writeHead(413, { 'content-type': 'text/plain', connection: 'close' }).end('Too large\n');
      return;
    }
    tell(method, url)
      .catch((): Told => ({ status: 503, text: 'Try again later\n' }))
      .then(({ status, contentType = 'text/plain', text }) => {
        response.writeHead(status, { 'content-type': contentType }).end(text);
      })
      .catch(() => response.destroy());
  };
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });

/** Opens it where it is configured. One that cannot be opened is reported and stops nothing. */
export async function openMetricsDoor({ metrics }: Config, watch: Watch): Promise<MetricsDoor> {
  const nothing = { reports: [], close: () => Promise.resolve() };
  if (!metrics.open) return nothing;
  const about = { name: 'metrics', scheme: 'http', host: metrics.address } as const;
  const server = createServer(LIMITS, answerWatchers(watch));
  server.maxConnections = MAX_CONNECTIONS;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: metrics.address, port: metrics.port }, resolve);
    });
  } catch (error) {
    const remark = bindRemark('metrics', error);
    return { ...nothing, reports: [{ ...about, port: metrics.port, open: false, remark }] };
  }
  // `as`: typed as it is for pipes too; a server bound to a port has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return { reports: [{ ...about, port, open: true }], close: () => closeServer(server) };
}
