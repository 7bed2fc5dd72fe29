import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { cidr, httpAuth } from './domain/tenant.ts';
import { PRIVATE_NETWORKS } from './domain/trust/network.ts';
import { err, ok, type Result } from './domain/result.ts';
import { oidc, OIDC_SHAPE } from './config-oidc.ts';

const port = z.int().min(0).max(65535);
const address = z.union([z.ipv4(), z.ipv6()]);

/** One listener. Port 0 takes any free one. */
const door = (preset: { readonly open: boolean; readonly port: number; readonly address?: string }) => ({
  open: z.boolean().default(preset.open),
  port: port.default(preset.port),
  address: address.default(preset.address ?? '0.0.0.0'),
});

/** A phones' door on TCP, which a reverse proxy may stand before. */
const tcpDoor = (preset: { readonly open: boolean; readonly port: number }) => ({
  ...door(preset),
  proxyProtocol: z.boolean().default(false),
});

// Every default of the product in one table; docs/operating.md explains each.
const configFile = z.strictObject({
  /** Everything that must survive a restart, where no other store is named. */
  dataDir: z.string().min(1).default('offhook-data'),
  store: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('sqlite') }),
      z.strictObject({ kind: z.literal('postgres'), url: z.url({ protocol: /^postgres(ql)?$/ }) }),
    ])
    .prefault({ kind: 'sqlite' }),
  /** The host name that phones are told. Left out, the first address of this machine that is not loopback. */
  host: z.string().min(1).max(253).optional(),
  /** Reverse proxies whose word about the client's address is taken. */
  trustedProxies: z.array(cidr).default([]),
  /** The header in which they say for whom they ask. */
  forwardedHeader: z.enum(['x-forwarded-for', 'forwarded']).default('x-forwarded-for'),
  doors: z
    .strictObject({
      admin: z.strictObject(door({ open: true, port: 8080, address: '127.0.0.1' })).prefault({}),
      secure: z
        .strictObject({
          ...tcpDoor({ open: true, port: 1444 }),
          httpAuth: httpAuth.default('off'),
          legacyTls: z.boolean().default(false),
        })
        .prefault({}),
      spa: z
        .strictObject({
          ...tcpDoor({ open: true, port: 1447 }),
          httpAuth: httpAuth.default('off'),
          legacyTls: z.boolean().default(false),
        })
        .prefault({}),
      bootstrap: z.strictObject(tcpDoor({ open: true, port: 1445 })).prefault({}),
      legacy: z
        .strictObject({
          ...tcpDoor({ open: false, port: 5555 }),
          httpAuth: httpAuth.default('off'),
          alias: z
            .string()
            .regex(/^[a-z0-9-]{0,32}$/)
            .default('tftpboot'),
        })
        .prefault({}),
      tftp: z
        .strictObject({ ...door({ open: true, port: 69 }), networks: z.array(cidr).default([...PRIVATE_NETWORKS]) })
        .prefault({}),
    })
    .prefault({}),
  /** A listener of its own for whoever watches: plain and without a login, so loopback unless the network is closed. */
  metrics: z.strictObject(door({ open: false, port: 9464, address: '127.0.0.1' })).prefault({}),
  /** Where no SIP message is ever sent, whatever a tenant names as its server: this machine itself, and its link's own services. */
  sip: z
    .strictObject({ never: z.array(cidr).max(64).default(['127.0.0.0/8', '::1/128', '169.254.0.0/16', 'fe80::/10']) })
    .prefault({}),
  /** SIP plug and play: phones in factory state that ask the networks of these addresses of ours. */
  pnp: z
    .strictObject({
      open: z.boolean().default(false),
      port: port.default(5060),
      interfaces: z.array(z.ipv4()).max(64).default([]),
    })
    .refine(({ open, interfaces }) => !open || interfaces.length > 0, {
      path: ['interfaces'],
      error: 'must name an address of this machine in each network where phones are answered, such as [192.0.2.10]',
    })
    .prefault({}),
  journal: z.strictObject({ rows: z.int().min(1000).default(200_000), days: z.int().min(1).default(30) }).prefault({}),
  /** Who guesses has to wait, and is banned when he goes on. */
  guard: z
    .strictObject({
      enabled: z.boolean().default(true),
      missesPerMinute: z.int().min(1).max(10_000).default(30),
      missesToBan: z.int().min(1).max(10_000).default(120),
      /** Different MACs of one maker prefix in ten minutes, over all addresses. */
      sweepMacs: z.int().min(10).max(100_000).default(200),
      banMinutes: z.int().min(1).max(525_600).default(60),
      mostBanMinutes: z.int().min(1).max(525_600).default(1440),
      never: z.array(cidr).default([]),
      /** A program, run without a shell as `PROGRAM ban ADDRESS SECONDS` and `PROGRAM lift ADDRESS`. */
      banCommand: z.string().min(1).optional(),
    })
    .prefault({}),
  /** Of uploaded files: the largest one; all of one tenant, or of the platform; on PostgreSQL, the copies that a process keeps. */
  firmware: z
    .strictObject({
      fileMegabytes: z.int().min(1).max(65_536).default(512),
      quotaMegabytes: z.int().min(1).max(16_777_216).default(20_480),
      copiesMegabytes: z.int().min(1).max(16_777_216).default(20_480),
    })
    .prefault({}),
  /** Sign-in by OpenID Connect; off where it is left out. */
  oidc: oidc.optional(),
  /** Memory for rendered files. */
  cacheMegabytes: z.int().min(1).max(65_536).default(640),
});
export type Config = z.output<typeof configFile> & { readonly controlSocket: string; readonly keyFile: string };

export interface BadConfig {
  readonly kind: 'bad_config';
  readonly problems: readonly string[];
}

/** `OFFHOOK_DOORS_TFTP_PORT=6969` → doors.tftp.port; names are matched without regard to case. */
const ENVIRONMENT = /^OFFHOOK_([A-Z_]+)$/;

function placeOf(path: readonly string[], shape: unknown): readonly string[] | undefined {
  let here = shape;
  const place: string[] = [];
  for (const part of path) {
    const key =
      typeof here === 'object' && here !== null
        ? Object.keys(here).find((candidate) => candidate.toUpperCase() === part)
        : undefined;
    if (key === undefined) return undefined;
    place.push(key);
    here = (here as Record<string, unknown>)[key];
  }
  return place;
}

/** A secret is not YAML: whatever stands in it is meant. */
const AS_WRITTEN: ReadonlySet<string> = new Set(['oidc.clientSecret']);

const readScalar = (text: string, place: string): unknown =>
  text === '' || AS_WRITTEN.has(place) ? text : (parse(text) as unknown);

function withEnvironment(
  file: Record<string, unknown>,
  environment: Readonly<Record<string, string | undefined>>,
  shape: unknown,
): Record<string, unknown> {
  const merged = structuredClone(file);
  for (const [name, text] of Object.entries(environment)) {
    const path = ENVIRONMENT.exec(name)?.[1]?.split('_');
    const place = path === undefined ? undefined : placeOf(path, shape);
    if (place === undefined || text === undefined) continue;
    let here = merged;
    for (const key of place.slice(0, -1)) here = (here[key] ??= {}) as Record<string, unknown>;
    here[place.at(-1) ?? ''] = readScalar(text, place.join('.'));
  }
  return merged;
}

/** An address of this machine that phones in its networks can reach. */
export function ownAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return addresses.find((found) => !found.internal && found.family === 'IPv4')?.address ?? '127.0.0.1';
}

function readFile(path: string | undefined): Record<string, unknown> {
  if (path === undefined) return {};
  const parsed: unknown = parse(readFileSync(path, 'utf8'));
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : {};
}

/** File and environment → configuration; the environment is stronger. An unknown or wrong entry is an error that names it. */
export function readConfig(
  path: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Result<Config, BadConfig> {
  // Optional entries have no default, so they are named here for the environment to find.
  const preset = configFile.parse({});
  const shape = {
    host: '',
    ...preset,
    store: { kind: '', url: '' },
    guard: { banCommand: '', ...preset.guard },
    oidc: OIDC_SHAPE,
  };
  const parsed = configFile.safeParse(
    withEnvironment(readFile(path), { ...environment, ...dataDirAlias(environment) }, shape),
  );
  if (!parsed.success) {
    return err({
      kind: 'bad_config',
      problems: parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`),
    });
  }
  const dataDir = resolve(parsed.data.dataDir);
  return ok({
    ...parsed.data,
    dataDir,
    controlSocket: join(dataDir, 'control.sock'),
    keyFile: join(dataDir, 'master.key'),
  });
}

/** `OFFHOOK_DATA_DIR` reads better than `OFFHOOK_DATADIR`; both are taken. */
const dataDirAlias = ({
  OFFHOOK_DATA_DIR: dataDir,
}: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  dataDir === undefined ? {} : { OFFHOOK_DATADIR: dataDir };
