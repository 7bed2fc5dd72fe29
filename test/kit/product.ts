import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type Agent, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, type Config } from '../../src/config.ts';
import type { Clock, Log, Store } from '../../src/app/ports.ts';
import type { PhoneDoor } from '../../src/domain/tenant.ts';
import { openStore } from '../../src/main/open-store.ts';
import { startProduct, type Product } from '../../src/main/product.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Raw `name, value` pairs, for headers that stand twice. */
  readonly rawHeaders: readonly string[];
  readonly bytes: Buffer;
  readonly text: string;
  // A test says what it expects of it.
  readonly json: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
  /** A client certificate with its key, PEM. */
  readonly certificate?: { readonly key: string; readonly cert: string };
  readonly localAddress?: string;
  /** Keeps connections for the next request; left out, each has its own. */
  readonly agent?: Agent;
}

/** One request, on a new connection unless an agent keeps one, over a real socket. Server certificates are not checked: tests of trust do that themselves. */
export function ask(
  url: string,
  { method = 'GET', headers = {}, body, certificate, localAddress, agent }: Ask = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { protocol, hostname, port } = new URL(url);
    // The path as written: URL would resolve the dots and escapes that a test of paths is about.
    const path = url.slice(url.indexOf('/', url.indexOf('//') + 2));
    const options = {
      method,
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port,
      path,
      agent: agent ?? (false as const),
      headers: { ...(agent === undefined ? { connection: 'close' } : {}), ...headers },
      ...(localAddress === undefined ? {} : { localAddress }),
    };
    const receive = (message: IncomingMessage): void => {
      const chunks: Buffer[] = [];
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('error', reject);
      message.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString('utf8');
        const isJson = /json/.test(message.headers['content-type'] ?? '');
        resolve({
          status: message.statusCode ?? 0,
          headers: message.headers,
          rawHeaders: message.rawHeaders,
          bytes,
          text,
          json: isJson && text !== '' ? JSON.parse(text) : undefined,
        });
      });
    };
    const sent =
      protocol === 'https:'
        ? httpsRequest({ ...options, ...certificate, rejectUnauthorized: false }, receive)
        : httpRequest(options, receive);
    sent.on('error', reject);
    sent.end(body);
  });
}

type DoorName = PhoneDoor | 'admin' | 'metrics';

/** The product as it runs, with every door on a free port of loopback and a data directory of its own. */
export interface TestProduct {
  readonly product: Product;
  readonly config: Config;
  readonly dataDir: string;
  readonly login: { readonly name: string; readonly password: string };
  /** `https://127.0.0.1:<port>` of a door. */
  readonly door: (name: DoorName) => string;
  readonly port: (name: DoorName) => number;
  /** The header by which the platform's operator is known on the admin door. */
  readonly bearer: { readonly authorization: string };
  /** A call of the REST API as the platform's operator, below `/api/v1`. A body that is no text is sent as JSON. */
  readonly api: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>;
  /** The same, and the call must succeed. */
  readonly must: (method: string, path: string, body?: unknown) => Promise<Answer['json']>;
  readonly log: readonly string[];
  readonly close: () => Promise<void>;
}

export interface TestProductOptions {
  /** Environment-style configuration, as `OFFHOOK_DOORS_LEGACY_OPEN: 'true'`; undefined leaves the product its own default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly dataDir?: string;
  /** Of an operator that its data has already. */
  readonly login?: { readonly name: string; readonly password: string };
  /** Beside the lines that the test product collects. */
  readonly log?: Log;
  /** What time it is; the machine's own when absent. */
  readonly clock?: Clock;
  /** Puts something between the product and its store. */
  readonly wrap?: <S extends Store>(store: S) => S;
}

const EVERY_DOOR = ['ADMIN', 'SECURE', 'SPA', 'BOOTSTRAP', 'LEGACY', 'TFTP'];

/** Of a product on free ports of loopback. */
export function testConfig(dataDir: string, environment: Readonly<Record<string, string | undefined>>): Config {
  const ports = Object.fromEntries(
    EVERY_DOOR.flatMap((door) => [
      [`OFFHOOK_DOORS_${door}_PORT`, '0'],
      [`OFFHOOK_DOORS_${door}_ADDRESS`, '127.0.0.1'],
    ]),
  );
  const config = readConfig(undefined, {
    OFFHOOK_DATADIR: dataDir,
    OFFHOOK_HOST: '127.0.0.1',
    // SIP servers of tests are on loopback.
    OFFHOOK_SIP_NEVER: '[]',
    // Tests of everything else miss a lot, all from the same address; those of the guard ask from others of 127.0.0.0/8.
    OFFHOOK_GUARD_NEVER: '[127.0.0.1/32]',
    ...ports,
    ...environment,
  });
  if (!config.ok) throw new Error(config.error.problems.join('; '));
  return config.value;
}

export async function startTestProduct({
  environment = {},
  dataDir: given,
  login: known,
  log: also,
  clock,
  wrap = (store) => store,
}: TestProductOptions = {}): Promise<TestProduct> {
  const dataDir = given ?? (await mkdtemp(join(tmpdir(), 'offhook-test-')));
  const config = testConfig(dataDir, environment);
  const lines: string[] = [];
  const writeAs =
    (level: keyof Log) =>
    (event: string, fields: object): void => {
      lines.push(JSON.stringify({ event, ...fields }));
      also?.[level](event, fields);
    };
  const log: Log = { info: writeAs('info'), warn: writeAs('warn'), error: writeAs('error') };
  const open = await openStore(config);
  const product = await startProduct(config, { ...open, store: wrap(open.store) }, log, clock);
  const report = (name: string) => {
    const found = product.reports.find((one) => one.name === name);
    if (found?.open !== true) throw new Error(`door ${name} is closed: ${found?.remark ?? 'not listed'}`);
    return found;
  };
  const door = (name: DoorName): string => `${report(name).scheme}://127.0.0.1:${String(report(name).port)}`;
  const login = product.firstLogin ?? known ?? { name: 'admin', password: '' };
  const session =
    login.password === ''
      ? undefined
      : await ask(`${door('admin')}/api/v1/sessions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: login.name, password: login.password }),
        });
  const token = String(session?.json?.token ?? '');
  const bearer = { authorization: `Bearer ${token}` };
  const api: TestProduct['api'] = (method, path, body, headers = {}) =>
    ask(`${door('admin')}/api/v1${path}`, {
      method,
      headers: {
        ...bearer,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
    });
  return {
    product,
    config,
    dataDir,
    login,
    door,
    port: (name) => report(name).port,
    bearer,
    api,
    must: async (method, path, body) => {
      const answer = await api(method, path, body);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${String(answer.status)} ${answer.text}`);
      return answer.json;
    },
    log: lines,
    close: async () => {
      await product.close();
      if (given === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
