import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fork } from 'node:child_process';
import { secondsSince } from './measure.ts';
import { SECRETS_FILE, type Secrets } from './secrets.ts';

/** A data directory of a company whose phones have all fetched before, and what its phones and its operator know. */
export interface Office extends Secrets {
  readonly dataDir: string;
}

/** Extensions without a phone in each of them, two for a phone that a goal creates. */
const SPARES = 8_000;

// BENCH_DIR keeps what was prepared for the next run; otherwise it goes at the end of this one.
const keptIn = process.env.BENCH_DIR;
let root: string | undefined;

async function rootDirectory(): Promise<string> {
  root ??= keptIn ?? (await mkdtemp(join(tmpdir(), 'offhook-bench-')));
  await mkdir(root, { recursive: true, mode: 0o700 });
  return root;
}

function runPrepare(argument: object): Promise<void> {
  const child = fork(new URL('./prepare.js', import.meta.url), [JSON.stringify(argument)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`prepare ended with ${String(code)}`));
    });
  });
}

// `as`: what our own process wrote.
const readSecrets = async (dataDir: string): Promise<Secrets> =>
  JSON.parse(await readFile(join(dataDir, SECRETS_FILE), 'utf8')) as Secrets;

async function prepared(dataDir: string, phones: number): Promise<void> {
  if (existsSync(join(dataDir, SECRETS_FILE))) return;
  await rm(dataDir, { recursive: true, force: true });
  await mkdir(dataDir, { mode: 0o700 });
  const startedAt = performance.now();
  await runPrepare({ dataDir, phones, spares: SPARES });
  console.log(`     prepared ${phones} phones in ${secondsSince(startedAt).toFixed(0)} s`);
}

/** The company of so many phones, made once. Goals that read alone share it. */
export async function officeOf(phones: number): Promise<Office> {
  const dataDir = join(await rootDirectory(), `phones-${phones}`);
  await prepared(dataDir, phones);
  return { dataDir, ...(await readSecrets(dataDir)) };
}

/** A copy for a goal that writes; goes when `work` has ended. */
export async function withCopy<T>(office: Office, work: (copy: Office) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(await rootDirectory(), 'copy-'));
  await cp(office.dataDir, dataDir, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  try {
    return await work({ ...office, dataDir });
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Takes away what was prepared, unless it is to be kept. */
export async function closeOffices(): Promise<void> {
  if (root !== undefined && keptIn === undefined) await rm(root, { recursive: true, force: true });
}
