import { spawn, spawnSync, type ChildProcessByStdio, type SpawnOptions } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

export type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** A network namespace with one cable to this host, made for one test. Nothing in it can reach any further. */
export interface Namespace {
  readonly name: string;
  /** This host's end of the cable: what the namespace's programs fetch from. */
  readonly hostAddress: string;
  /** The namespace's own address. */
  readonly address: string;
  /** A folder that goes when the namespace goes. */
  readonly folder: string;
  /** Makes a host name known inside. */
  readonly nameHost: (name: string, address: string) => void;
  /** Starts a program inside; it is ended with the namespace at the latest. */
  readonly start: (command: string, args: readonly string[], env?: Readonly<Record<string, string>>) => Child;
  /** Ends what was started inside, and removes the namespace, the cable and the folder. */
  readonly close: () => Promise<void>;
}

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8', timeout: 10_000 });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
}

const tryIp = (...args: readonly string[]): boolean => {
  try {
    ip(...args);
    return true;
  } catch {
    return false;
  }
};

// timeout(1) stands in front of every program: it ends it after this many seconds even when the test runner has died, and
// passes a signal on to the program's own children, with SIGKILL two seconds later.
const GUARD = ['timeout', '-k', '2', '120'];

// RFC 5737 TEST-NET-2, in 32 nets of 8 addresses. The cable's name carries the net's number, so that two tests at the same
// time cannot have the same net: making a cable that is already there fails.
const NETS = Array.from({ length: 32 }, (_, net) => net);
const addressIn = (net: number, host: number): string => `198.51.100.${String(net * 8 + host)}`;

function takeNet(): { readonly net: number; readonly name: string; readonly cable: string } {
  for (const net of NETS) {
    const name = `offhook-test-${String(net)}`;
    const cable = `ohtest${String(net)}`;
    if (!tryIp('link', 'add', cable, 'type', 'veth', 'peer', 'name', `${cable}p`)) continue;
    if (tryIp('netns', 'add', name)) return { net, name, cable };
    ip('link', 'del', cable);
  }
  throw new Error('no free test network: remove left-over ones with `ip netns del offhook-test-N`');
}

function connect(name: string, cable: string, net: number): void {
  ip('link', 'set', `${cable}p`, 'netns', name);
  ip('addr', 'add', `${addressIn(net, 1)}/29`, 'dev', cable);
  ip('link', 'set', cable, 'up');
  ip('-n', name, 'addr', 'add', `${addressIn(net, 2)}/29`, 'dev', `${cable}p`);
  ip('-n', name, 'link', 'set', `${cable}p`, 'up');
  ip('-n', name, 'link', 'set', 'lo', 'up');
  // A gateway that does not exist: linphonec stays idle without a default route, and nothing is to leave by one.
  ip('-n', name, 'route', 'add', 'default', 'via', addressIn(net, 6));
}

/** Resolves when the process has ended; after `graceMs` it is told to, and two seconds later made to. */
export function ended(child: Child, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGTERM'), graceMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

// `ip netns exec` shows the files in here in place of those in /etc, to the programs inside only.
const hostsFolder = (name: string): string => `/etc/netns/${name}`;

/** Makes a namespace; needs root. */
export function openNamespace(): Namespace {
  const { net, name, cable } = takeNet();
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const children: Child[] = [];
  const remove = (): void => {
    tryIp('netns', 'del', name);
    tryIp('link', 'del', cable);
    rmSync(folder, { recursive: true, force: true });
    rmSync(hostsFolder(name), { recursive: true, force: true });
  };
  try {
    connect(name, cable, net);
  } catch (error) {
    remove();
    throw error;
  }
  return {
    name,
    folder,
    hostAddress: addressIn(net, 1),
    address: addressIn(net, 2),
    nameHost: (host, address) => {
      mkdirSync(hostsFolder(name), { recursive: true });
      appendFileSync(join(hostsFolder(name), 'hosts'), `${address} ${host}\n`);
    },
    start: (command, args, env = {}) => {
      const options = { env: { ...process.env, ...env }, stdio: 'pipe' } as const satisfies SpawnOptions;
      const child = spawn('ip', ['netns', 'exec', name, ...GUARD, command, ...args], options);
      // What it still wants to read when it has ended is nobody's loss.
      child.stdin.on('error', () => undefined);
      children.push(child);
      return child;
    },
    close: async () => {
      for (const child of children) child.kill('SIGTERM');
      await Promise.all(children.map((child) => ended(child, 3_000)));
      remove();
    },
  };
}

/** Asks again and again until there is an answer; throws with what `otherwise` tells when the time is over. */
export async function until<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  timeoutMs: number,
  otherwise: () => string,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(otherwise());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
