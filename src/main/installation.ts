import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { pino, type DestinationStream } from 'pino';
import { buildApi } from '../api/build-api.ts';
import type { Clock, Log } from '../app/ports.ts';
import type { ApiConnection, Installation, PhoneDoors } from '../cli/world.ts';
import { ownAddress, type Config } from '../config.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { rekey } from '../store/rekey.ts';
import { apiDeps } from './admin.ts';
import { CurrentTrust } from './current-trust.ts';
import { banner } from './banner.ts';
import { openGuard } from './guard.ts';
import { createLog, logLevel, readableLines } from './log.ts';
import { openFiles } from './open-files.ts';
import { openStore, type OpenStore } from './open-store.ts';
import { ensureOwnCertificates } from './own-certificates.ts';
import { startProduct, type Product } from './product.ts';
import { restore } from './restore.ts';
import { keepHeapSmall } from './small-heap.ts';

const clock: Clock = { now: () => new Date() };

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');

/** Runs `work` and gives back what it refused as a sentence. */
async function inASentence<T>(work: () => Promise<T>): Promise<Result<T, string>> {
  try {
    return ok(await work());
  } catch (error) {
    return err(reasonOf(error));
  }
}

/** The addresses as the configuration writes them: no door is open in this process. */
async function configuredTrust(config: Config, { store, keyring }: OpenStore, log: Log): Promise<CurrentTrust> {
  const host = config.host ?? ownAddress();
  const { crypto } = keyring;
  const caPem = await ensureOwnCertificates({ platform: store.platform, crypto, hosts: [host], now: clock.now() });
  const trust = await CurrentTrust.read({ store, config, crypto, clock, log, host, caPem });
  const open = (['secure', 'spa', 'bootstrap', 'legacy', 'tftp'] as const).filter((door) => config.doors[door].open);
  trust.use(Object.fromEntries(open.map((door) => [door, config.doors[door].port])));
  return trust;
}

/** With no server running: the store is opened here, and the same API answers without a door. */
async function connectInProcess(config: Config, log: Log): Promise<ApiConnection> {
  const open = await openStore(config);
  const trust = await configuredTrust(config, open, log);
  const { files } = await openFiles(config, open.store, clock);
  const { crypto } = open.keyring;
  const guard = await openGuard({ config, store: open.store, clock, crypto, log });
  const world = {
    config,
    store: open.store,
    files,
    crypto,
    sealing: open.sealing,
    clock,
    log,
    host: trust.addresses.host,
    trust,
    renewTrust: () => trust.renew(),
    guard: guard.ports,
  };
  const api = await buildApi(apiDeps(world, 'local-operator'));
  return {
    request: async (method, path, { query = {}, body, contentType, into } = {}) => {
      const answer = await api.inject({
        payloadAsStream: true,
        method,
        url: path,
        query: { ...query },
        ...(contentType === undefined ? {} : { headers: { 'content-type': contentType } }),
        ...(body === undefined ? {} : { payload: body instanceof Uint8Array ? Buffer.from(body) : body }),
      });
      const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
      const status = answer.statusCode;
      if (into === undefined || status >= 300) return { status, headers, body: await buffer(answer.stream()) };
      await pipeline(answer.stream(), into);
      return { status, headers, body: new Uint8Array() };
    },
    close: async () => {
      await api.close();
      await guard.finish();
      await open.store.close();
    },
  };
}

/** Resolves at the first signal that asks the process to end. */
const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });

/** Whoever stops the process kills it soon after: better to end by ourselves and say so. */
const CLOSE_MILLISECONDS = 10_000;

/** Lines for a person at a terminal, JSON for everything else. */
const standardError = (): DestinationStream =>
  process.stderr.isTTY ? readableLines((text) => void process.stderr.write(text)) : pino.destination(2);

async function closeInTime(product: Product, log: Log): Promise<void> {
  const late = new AbortController();
  const forced = delay(CLOSE_MILLISECONDS, 'forced' as const, { signal: late.signal });
  const ended = await Promise.race([product.close(), forced]);
  if (ended === 'forced') {
    log.error('shutdown_forced', { seconds: CLOSE_MILLISECONDS / 1000 });
    process.exit(1);
  }
  forced.catch(() => undefined);
  late.abort();
}

async function serve(config: Config): Promise<number> {
  const level = logLevel(process.env['OFFHOOK_LOG']);
  if (level === undefined) {
    console.error('offhook: OFFHOOK_LOG must be trace, debug, info, warn, error or silent');
    return 2;
  }
  const log = createLog(level, standardError());
  keepHeapSmall();
  try {
    const product = await startProduct(config, await openStore(config), log);
    console.log(banner(config, product));
    await untilStopped();
    await closeInTime(product, log);
    return 0;
  } catch (error) {
    console.error(`offhook: ${reasonOf(error)}`);
    return 1;
  }
}

const phoneDoors = ({ host = ownAddress(), doors: { bootstrap, tftp } }: Config): PhoneDoors => ({
  host,
  ...(bootstrap.open ? { bootstrapPort: bootstrap.port } : {}),
  ...(tftp.open ? { tftpPort: tftp.port } : {}),
});

/** The installation that a configuration describes, as the command line uses it. */
export function installationOf(config: Config): Installation {
  const quiet = createLog('error', pino.destination(2));
  return {
    controlSocket: config.controlSocket,
    phoneDoors: phoneDoors(config),
    connect: () => inASentence(() => connectInProcess(config, quiet)),
    serve: () => serve(config),
    migrate: () =>
      inASentence(async () => {
        const { store } = await openStore(config);
        await store.close();
        return config.store.kind === 'postgres' ? 'the PostgreSQL store' : join(config.dataDir, 'offhook.db');
      }),
    rekey: () =>
      inASentence(async () => {
        const { store, keyring } = await openStore(config);
        try {
          await store.assertAlone();
          return await rekey(store, keyring);
        } finally {
          await store.close();
        }
      }),
    restore: (path, options) => inASentence(() => restore(config, clock, path, options)),
  };
}
