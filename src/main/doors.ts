import type { Clock, Crypto, Log, RequestRecord } from '../app/ports.ts';
import type { ServeFile } from '../app/serve/outcome.ts';
import type { Config } from '../config.ts';
import { given } from '../domain/fields.ts';
import type { PhoneDoor } from '../domain/tenant.ts';
import type { Door, DoorOptions, DoorRefusal } from '../transports/door.ts';
import { startHttpDoor, type HttpDoorOptions } from '../transports/http/listener.ts';
import { startTftp } from '../transports/tftp/server.ts';
import { startHttpsDoor, type HttpsDoor, type HttpsDoorOptions } from '../transports/tls/listener-tls.ts';
import type { TlsMaterial } from '../transports/tls/material.ts';

/** A door as it is listed at start: open with its address, or closed with the reason and what to change. */
export interface DoorReport {
  readonly name: PhoneDoor | 'admin' | 'metrics' | 'pnp';
  readonly scheme: 'http' | 'https' | 'tftp' | 'sip';
  readonly open: boolean;
  readonly host: string;
  readonly port: number;
  /** Why it is closed, or what is weak about it while it is open. */
  readonly remark?: string;
}

export interface OpenDoors {
  readonly reports: readonly DoorReport[];
  readonly ports: Readonly<Partial<Record<PhoneDoor, number>>>;
  readonly tftpTransfers: () => number;
  /** TLS doors take new certificates and CAs while they run. */
  reload(material: (door: 'secure' | 'spa') => TlsMaterial): void;
  close(): Promise<void>;
}

export interface DoorWorld {
  readonly config: Config;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly host: string;
  readonly serveFile: ServeFile;
  readonly material: (door: 'secure' | 'spa') => TlsMaterial;
  readonly onIntermediate: HttpsDoorOptions['onIntermediate'];
  readonly note: (record: RequestRecord) => void;
}

/** A request that a door turned away before anybody could be asked about it, as the journal keeps it. */
const refusalRecord = (crypto: Crypto, { door, address, reason, at }: DoorRefusal): RequestRecord => ({
  id: crypto.id(),
  at: at.toISOString(),
  door,
  address,
  method: '',
  file: '',
  evidence: [],
  proof: 'none',
  decision: 'refused at the door',
  reason,
  outcome: 'refused',
  gaps: 0,
  bytes: 0,
  milliseconds: 0,
  completed: false,
});

function optionsOf(world: DoorWorld, door: PhoneDoor): DoorOptions {
  const { config, clock, crypto, host } = world;
  const { address, port } = config.doors[door];
  return {
    door,
    host: address,
    port,
    ownName: host,
    // Files below the legacy alias are served by HTTP and by TFTP (S4.41).
    aliases:
      (door === 'legacy' || door === 'tftp') && config.doors.legacy.alias !== '' ? [config.doors.legacy.alias] : [],
    clock,
    newId: () => crypto.id(),
    onRefused: (refusal) => {
      world.note(refusalRecord(crypto, refusal));
    },
  };
}

/** What the phones' doors on TCP are told beside that. */
function tcpOptionsOf(world: DoorWorld, door: 'secure' | 'spa' | 'bootstrap' | 'legacy'): HttpDoorOptions {
  const { trustedProxies, forwardedHeader, doors } = world.config;
  const { proxyProtocol } = doors[door];
  return { ...optionsOf(world, door), trustedProxies, forwardedHeader, proxyProtocol };
}

type Open = (world: DoorWorld) => Promise<Door>;

const openTls =
  (door: 'secure' | 'spa'): Open =>
  (world) => {
    const { material, onIntermediate, serveFile, log } = world;
    const options = { ...tcpOptionsOf(world, door), material: material(door), ...given({ onIntermediate }) };
    return startHttpsDoor(options, serveFile, log);
  };

const openPlain =
  (door: 'bootstrap' | 'legacy'): Open =>
  (world) =>
    startHttpDoor(tcpOptionsOf(world, door), world.serveFile, world.log);

const DOORS = {
  secure: { scheme: 'https', open: openTls('secure') },
  spa: { scheme: 'https', open: openTls('spa') },
  bootstrap: { scheme: 'http', open: openPlain('bootstrap') },
  legacy: { scheme: 'http', open: openPlain('legacy') },
  tftp: {
    scheme: 'tftp',
    open: (world) =>
      startTftp(
        { ...optionsOf(world, 'tftp'), allowNetworks: world.config.doors.tftp.networks },
        world.serveFile,
        world.log,
      ),
  },
} as const satisfies Record<PhoneDoor, { readonly scheme: DoorReport['scheme']; readonly open: Open }>;

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken by another program',
  EACCES: 'the port needs more rights than this account has',
  EADDRNOTAVAIL: 'this machine has no such address',
};

/** Why a port cannot be bound, and the entry to change: `doors.tftp`. */
export function bindRemark(entry: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return `${WHY[code] ?? `it cannot be opened (${code})`}; set ${entry}.port or ${entry}.address, or ${entry}.open: false`;
}

function remarkOf(config: Config, door: PhoneDoor): string | undefined {
  if ((door === 'secure' || door === 'spa') && config.doors[door].legacyTls)
    return 'takes TLS 1.0 and weak certificates (doors.' + door + '.legacyTls)';
  return undefined;
}

/** Opens every door that is configured open. One that cannot be opened is reported and does not stop the others. */
export async function openDoors(world: DoorWorld): Promise<OpenDoors> {
  const opened = new Map<PhoneDoor, Door>();
  const tls = new Map<'secure' | 'spa', HttpsDoor>();
  const reports: DoorReport[] = [];
  for (const [door, { scheme, open }] of Object.entries(DOORS) as readonly (readonly [
    PhoneDoor,
    (typeof DOORS)[PhoneDoor],
  ])[]) {
    const { open: wanted, port, address } = world.config.doors[door];
    const about = { name: door, scheme, host: address, port };
    if (!wanted) {
      reports.push({ ...about, open: false, remark: `switched off; set doors.${door}.open: true` });
      continue;
    }
    try {
      const listener = await open(world);
      opened.set(door, listener);
      if ((door === 'secure' || door === 'spa') && 'reload' in listener) tls.set(door, listener as HttpsDoor);
      const remark = remarkOf(world.config, door);
      reports.push({
        ...about,
        open: true,
        port: listener.address().port,
        ...(remark === undefined ? {} : { remark }),
      });
    } catch (error) {
      reports.push({ ...about, open: false, remark: bindRemark(`doors.${door}`, error) });
    }
  }
  return {
    reports,
    ports: Object.fromEntries(Array.from(opened, ([door, listener]) => [door, listener.address().port])),
    tftpTransfers: () => opened.get('tftp')?.transfers?.() ?? 0,
    reload: (material) => {
      for (const [door, listener] of tls) listener.reload(material(door));
    },
    close: async () => {
      await Promise.all(Array.from(opened.values(), (listener) => listener.close()));
    },
  };
}
