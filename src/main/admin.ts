import { chmod, rm } from 'node:fs/promises';
import { createServer as createHttpServer, type ServerOptions } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { FastifyServerFactory } from 'fastify';
import { buildApi } from '../api/build-api.ts';
import type { ApiDeps, Oidc } from '../api/deps.ts';
import type { Api } from '../api/api.ts';
import type { Watch } from '../api/watch/routes.ts';
import type { FirmwareLimits } from '../app/firmware/save-firmware.ts';
import type { GuardPorts } from '../app/guard/guard.ts';
import type { Clock, Crypto, FileStore, Log, Sealing, Store } from '../app/ports.ts';
import type { ResyncPhone } from '../app/resync/resync-phone.ts';
import * as preview from '../app/serve/preview.ts';
import type { Config } from '../config.ts';
import { HTTP_LIMITS } from '../transports/http/listener.ts';
import { exchangeable } from '../transports/tls/exchangeable.ts';
import { HANDSHAKE_MILLISECONDS } from '../transports/tls/listener-tls.ts';
import { SWITCHED_OFF, VENDORS } from '../vendors/index.ts';
import { SCHEMA_VERSION } from '../store/migrations/list.ts';
import { certificateChecks } from './certificate-checks.ts';
import type { DoorReport } from './doors.ts';
import { scryptPasswords } from '../api/sessions/scrypt-passwords.ts';
import type { CurrentTrust } from './current-trust.ts';
import { VERSION } from './version.ts';

export interface AdminWorld {
  readonly config: Config;
  readonly store: Store;
  readonly files: FileStore;
  readonly crypto: Crypto;
  readonly sealing: Sealing;
  readonly clock: Clock;
  readonly log: Log;
  readonly host: string;
  readonly trust: CurrentTrust;
  readonly renewTrust: () => Promise<void>;
  readonly watch?: Watch;
  readonly guard: GuardPorts;
  readonly oidc?: Oidc;
  readonly resyncPhone?: ResyncPhone;
}

/** The administration: the API behind its door and behind the control socket. */
export interface Admin {
  readonly report: DoorReport;
  close(): Promise<void>;
}

const LOOPBACK = ['127.0.0.1', '::1'];
const MEGABYTE = 1024 * 1024;

export const firmwareLimits = ({ firmware }: Config): FirmwareLimits => ({
  maxFileBytes: firmware.fileMegabytes * MEGABYTE,
  quotaBytes: firmware.quotaMegabytes * MEGABYTE,
});

/** Everything that an instance of the API needs. */
export function apiDeps(world: AdminWorld, authenticate: ApiDeps['authenticate']): ApiDeps {
  const { store, clock, crypto, files, log, trust } = world;
  const ports = { store, clock, addresses: () => trust.addresses };
  return {
    store,
    clock,
    crypto,
    files,
    log,
    guard: world.guard,
    catalogue: { vendors: VENDORS, switchedOff: SWITCHED_OFF },
    hosts: () => [trust.addresses.host],
    passwords: scryptPasswords,
    certificates: certificateChecks,
    preview: {
      listFiles: preview.listFiles(ports),
      renderFile: preview.renderFile(ports),
      explainFile: preview.explainFile(ports),
      phoneUrl: preview.phoneUrl(ports),
    },
    version: VERSION,
    schema: SCHEMA_VERSION,
    sealing: world.sealing,
    firmware: firmwareLimits(world.config),
    authenticate,
    // The framework reads X-Forwarded-For; where the proxies write another header, it may be forged.
    trustedProxies: world.config.forwardedHeader === 'x-forwarded-for' ? world.config.trustedProxies : [],
    ...(world.watch === undefined ? {} : { watch: world.watch }),
    ...(world.oidc === undefined ? {} : { oidc: world.oidc }),
    ...(world.resyncPhone === undefined ? {} : { resyncPhone: world.resyncPhone }),
    onTrustChanged: async () => {
      try {
        await world.renewTrust();
      } catch (error) {
        // The change itself is stored; the doors take it at the next one, or at the next start.
        log.error('renew_trust_failed', { reason: error instanceof Error ? error.message : 'unknown' });
      }
    },
  };
}

/** As at the phones' doors; only whoever has logged in may take longer, since firmware and backups are large (`hurryStrangers`). */
const LIMITS = { ...HTTP_LIMITS, requestTimeout: 30 * 60_000 } as const satisfies ServerOptions;
const MAX_CONNECTIONS = 10_000;

interface AdminServer {
  readonly scheme: 'http' | 'https';
  readonly factory: FastifyServerFactory;
}

/** HTTPS with the certificates of now, which new connections are shown as soon as they change. */
function secureServer({ trust }: AdminWorld): AdminServer {
  const shown = exchangeable(trust.material('admin'));
  return {
    scheme: 'https',
    factory: (handler) => {
      const limits = { ...LIMITS, handshakeTimeout: HANDSHAKE_MILLISECONDS };
      const server = createHttpsServer({ ...limits, ...shown.options }, handler);
      trust.tell({
        onMaterial: () => {
          shown.exchange(server, trust.material('admin'));
        },
      });
      return server;
    },
  };
}

/** Plain on loopback only; bound elsewhere the door speaks HTTPS. */
const serverFor = (world: AdminWorld): AdminServer =>
  LOOPBACK.includes(world.config.doors.admin.address)
    ? { scheme: 'http', factory: (handler) => createHttpServer(LIMITS, handler) }
    : secureServer(world);

async function listenOnSocket(local: Api, path: string): Promise<void> {
  // A file left behind by a process that was killed; who holds the store's lock may take its place.
  await rm(path, { force: true });
  await local.listen({ path });
  await chmod(path, 0o600);
}

/** Opens the admin door and the control socket. Without its admin door the product does not start: nobody could tell it anything. */
export async function openAdmin(world: AdminWorld): Promise<Admin> {
  const { address, port, open } = world.config.doors.admin;
  const { scheme, factory } = serverFor(world);
  const about = { name: 'admin', scheme, host: address } as const;
  const local = await buildApi(apiDeps(world, 'local-operator'));
  await listenOnSocket(local, world.config.controlSocket);
  if (!open) {
    return {
      report: { ...about, port, open: false, remark: 'switched off; set doors.admin.open: true' },
      close: () => local.close(),
    };
  }
  const api = await buildApi({ ...apiDeps(world, 'tokens'), serverFactory: factory });
  api.server.maxConnections = MAX_CONNECTIONS;
  await api.listen({ host: address, port });
  const bound = api.server.address();
  return {
    report: { ...about, open: true, port: typeof bound === 'object' && bound !== null ? bound.port : port },
    close: async () => {
      await api.close();
      await local.close();
    },
  };
}
