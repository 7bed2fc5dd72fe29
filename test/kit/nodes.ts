import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PhoneDoor } from '../../src/domain/tenant.ts';
import { openKeyring } from '../../src/store/keyring.ts';
import { ask, type Answer } from './product.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

type TcpDoor = Exclude<PhoneDoor, 'tftp'> | 'admin';
const DOORS = ['admin', 'secure', 'spa', 'bootstrap', 'legacy'] as const satisfies readonly TcpDoor[];
const SCHEMES: Readonly<Record<Exclude<TcpDoor, 'admin'>, string>> = {
  secure: 'https',
  spa: 'https',
  bootstrap: 'http',
  legacy: 'http',
};

/** Bound elsewhere than at 127.0.0.1 the admin door speaks HTTPS. */
const schemeOf = (door: TcpDoor, address: string): string =>
  door === 'admin' ? (address === '127.0.0.1' ? 'http' : 'https') : SCHEMES[door];

/** One process of the built product. */
export interface Node {
  readonly address: string;
  readonly port: (door: TcpDoor) => number;
  readonly door: (name: TcpDoor) => string;
  /** The password of the first operator, where this process made it. */
  readonly firstPassword: string | undefined;
  readonly api: (token: string, method: string, path: string, body?: unknown) => Promise<Answer>;
  /** Sends a file to a path below `/api/v1`. */
  readonly upload: (token: string, path: string, bytes: Buffer) => Promise<Answer>;
  readonly pid: number;
  readonly isAlive: () => boolean;
  /** What it has said on standard error, line by line. */
  readonly log: () => readonly string[];
  /** As the machine's power would. */
  readonly kill: () => Promise<void>;
  /** Another process with the same ports and data, after this one was killed. */
  readonly startAgain: () => Promise<Node>;
}

/** Ports of loopback that nobody listens at. */
export const freePorts = (count: number): Promise<readonly number[]> =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      // Given back together, so that no two are the same.
      setImmediate(() => server.close());
      return port;
    }),
  );

/** Until the banner stands on standard output, or the process has ended. */
async function bannerOf(child: ChildProcess, errors: () => string): Promise<string> {
  let said = '';
  child.stdout?.on('data', (bytes: Buffer) => (said += bytes.toString()));
  while (!said.includes('offhook apply')) {
    const [code] = (await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'exit')])) as unknown[];
    if (child.exitCode !== null) throw new Error(`the process ended (${String(code)}): ${errors()}`);
  }
  return said;
}

export interface NodeOptions {
  readonly address: string;
  readonly ports: readonly number[];
  readonly dataDir: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Ports for every door of a process; several may share them at addresses of their own. */
export const doorPorts = (): Promise<readonly number[]> => freePorts(DOORS.length);

/** Starts the built product as a process, on data that it makes or finds. */
export async function startNode(options: NodeOptions): Promise<Node> {
  const { address, ports, dataDir, environment } = options;
  const portOf = (door: TcpDoor): number => ports[DOORS.indexOf(door)] ?? 0;
  const doors = DOORS.flatMap((door) => [
    [`OFFHOOK_DOORS_${door.toUpperCase()}_PORT`, String(portOf(door))],
    [`OFFHOOK_DOORS_${door.toUpperCase()}_ADDRESS`, address],
    [`OFFHOOK_DOORS_${door.toUpperCase()}_OPEN`, 'true'],
  ]);
  const child = spawn(process.execPath, [PROGRAM, 'serve'], {
    env: {
      PATH: process.env['PATH'],
      OFFHOOK_DATADIR: dataDir,
      OFFHOOK_HOST: 'prov.example.com',
      OFFHOOK_DOORS_TFTP_OPEN: 'false',
      // UDP has ports of its own: the number is as good as any.
      OFFHOOK_DOORS_TFTP_PORT: String(portOf('bootstrap')),
      OFFHOOK_DOORS_TFTP_ADDRESS: address,
      ...Object.fromEntries(doors),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  const banner = await bannerOf(child, () => errors.slice(-4000));
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  const door = (name: TcpDoor): string => `${schemeOf(name, address)}://${address}:${portOf(name)}`;
  return {
    address,
    port: portOf,
    door,
    firstPassword: /user admin, password (\S+)/.exec(banner)?.[1],
    api: (token, method, path, body) =>
      ask(`${door('admin')}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    upload: (token, path, body) =>
      ask(`${door('admin')}/api/v1${path}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
        body,
      }),
    startAgain: () => startNode(options),
    pid: child.pid ?? 0,
    isAlive,
    log: () => errors.split('\n').filter((line) => line !== ''),
    kill: async () => {
      if (!isAlive()) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

export interface NodesOptions {
  readonly url: string;
  readonly directory: string;
  readonly count: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts processes on one PostgreSQL, all at the same time: addresses of their own, the same ports and master key. */
export async function startNodes({ url, directory, count, environment = {} }: NodesOptions): Promise<readonly Node[]> {
  const ports = await doorPorts();
  const key = join(directory, 'master.key');
  await openKeyring(key);
  const start = async (n: number): Promise<Node> => {
    const dataDir = join(directory, `node${n}`);
    await mkdir(dataDir, { recursive: true });
    await copyFile(key, join(dataDir, 'master.key'));
    const store = { OFFHOOK_STORE_KIND: 'postgres', OFFHOOK_STORE_URL: url };
    return startNode({ address: `127.0.0.${11 + n}`, ports, dataDir, environment: { ...store, ...environment } });
  };
  return Promise.all(Array.from({ length: count }, (_, n) => start(n)));
}
