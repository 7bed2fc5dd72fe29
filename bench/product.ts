import { fork } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stopChild } from './children.ts';
import { askOnce, requestText } from './clients/http.ts';
import { benchEnvironment, type Ports } from './configuration.ts';
import type { Office } from './offices.ts';

/** `offhook serve` as it runs, in a process of its own, on a data directory that was prepared. */
export interface RunningProduct {
  readonly ports: Ports;
  readonly startedAt: number;
  /** By itself, before it was stopped. */
  hasEnded(): boolean;
  /** Of `/proc/PID/status`, in MB: `VmRSS`, `VmHWM`. */
  memory(field: 'VmRSS' | 'VmHWM'): number;
  stop(): Promise<void>;
}

/** What `npm start` tells Node itself. */
const nodeOptions = (): string[] => {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  // `as`: our own package.json, which is beside what was built.
  const { scripts } = JSON.parse(text) as { readonly scripts: { readonly start: string } };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
};

/** Its log goes to a file, as it would. */
function spawnServe(dataDir: string, environment: Readonly<Record<string, string>>): ReturnType<typeof fork> {
  const log = openSync(join(dataDir, 'bench.log'), 'a', 0o600);
  const child = fork(new URL('../src/main.js', import.meta.url), ['serve'], {
    execArgv: nodeOptions(),
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
export async function untilAnswered(product: RunningProduct, isAnswered: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + START_SECONDS * 1000;
  while (!(await isAnswered().catch(() => false))) {
    if (product.hasEnded() || performance.now() > until)
      throw new Error('the product did not start, or ended; bench.log in its data directory says why');
    await delay(POLL_MILLISECONDS);
  }
}

/** Starts the process and does not wait for it. */
export function launchProduct(
  { dataDir, ports }: Office,
  environment: Readonly<Record<string, string>> = {},
): RunningProduct {
  const startedAt = performance.now();
  const child = spawnServe(dataDir, { ...benchEnvironment(dataDir, ports), ...environment });
  return {
    ports,
    startedAt,
    hasEnded: () => child.exitCode !== null,
    memory: (field) => readMemory(child.pid ?? 0, field),
    stop: () => stopChild(child),
  };
}

/** Starts it and waits until it says that it is ready. */
export async function startProduct(
  office: Office,
  environment?: Readonly<Record<string, string>>,
): Promise<RunningProduct> {
  const product = launchProduct(office, environment);
  await untilAnswered(product, async () => (await askOnce(product.ports.ADMIN, requestText('/ready'))).status === 200);
  return product;
}
