import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stopChild } from './children.ts';
import { askOnce, requestText } from './clients/http.ts';
import { benchEnvironment, type BenchDoor } from './configuration.ts';

/** `offhook serve` as it runs, in a process of its own, on a data directory that was prepared. */
export interface RunningProduct {
  readonly ports: Readonly<Record<BenchDoor, number>>;
  readonly startedAt: number;
  /** Of `/proc/PID/status`, in MB: `VmRSS`, `VmHWM`. */
  memory(field: 'VmRSS' | 'VmHWM'): number;
  stop(): Promise<void>;
}

async function freeTcpPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // `as`: typed as it is for pipes too.
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve);
  });
  const { port } = socket.address();
  await new Promise<void>((resolve) => {
    socket.close(resolve);
  });
  return port;
}

const freePorts = async (): Promise<RunningProduct['ports']> => ({
  ADMIN: await freeTcpPort(),
  SECURE: await freeTcpPort(),
  SPA: await freeTcpPort(),
  BOOTSTRAP: await freeTcpPort(),
  LEGACY: await freeTcpPort(),
  TFTP: await freeUdpPort(),
});

/** Its log goes to a file, as it would. */
function spawnServe(dataDir: string, environment: Readonly<Record<string, string>>): ReturnType<typeof fork> {
  const log = openSync(join(dataDir, 'bench.log'), 'a', 0o600);
  const child = fork(new URL('../src/main.js', import.meta.url), ['serve'], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'ignore', log, 'ipc'],
  });
  closeSync(log);
  return child;
}

function readMemory(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? NaN) / 1024;
}

const POLL_MILLISECONDS = 5;
const START_SECONDS = 120;

/** Asks again until the answer is as it should be; a door that is not open yet refuses the connection. */
export async function untilAnswered(isAnswered: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + START_SECONDS * 1000;
  while (!(await isAnswered().catch(() => false))) {
    if (performance.now() > until) throw new Error('the product did not start; its data directory holds bench.log');
    await delay(POLL_MILLISECONDS);
  }
}

/** Starts the process and does not wait for it. */
export async function launchProduct(
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningProduct> {
  const ports = await freePorts();
  const startedAt = performance.now();
  const child = spawnServe(dataDir, { ...benchEnvironment(dataDir, ports), ...environment });
  return {
    ports,
    startedAt,
    memory: (field) => readMemory(child.pid ?? 0, field),
    stop: () => stopChild(child),
  };
}

/** Starts it and waits until it says that it is ready. */
export async function startProduct(
  dataDir: string,
  environment?: Readonly<Record<string, string>>,
): Promise<RunningProduct> {
  const product = await launchProduct(dataDir, environment);
  await untilAnswered(async () => (await askOnce(product.ports.ADMIN, requestText('/ready'))).status === 200);
  return product;
}
