import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A file system of a test, so small that it can be filled. */
export interface SmallDisk {
  readonly directory: string;
  /** Takes every byte that is left; says how many they were. */
  readonly fill: () => number;
  readonly free: () => void;
  readonly remount: (how: 'ro' | 'rw') => void;
  readonly remove: () => Promise<void>;
}

const isRoot = process.getuid?.() === 0;

/** Whether this account may mount: containers often may not, whoever they run as. */
export const canMount = async (): Promise<boolean> => {
  if (!isRoot) return false;
  const disk = await smallDisk(1).catch(() => undefined);
  await disk?.remove();
  return disk !== undefined;
};

/** As large as asked for, in memory. */
export async function smallDisk(megabytes: number): Promise<SmallDisk> {
  const directory = await mkdtemp(join(tmpdir(), 'offhook-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tmpfs', directory]);
  if (mounted.status !== 0) {
    await rm(directory, { recursive: true });
    throw new Error(`mount: ${mounted.stderr.toString()}`);
  }
  const ballast = join(directory, 'ballast');
  return {
    directory,
    fill: () => fill(ballast),
    free: () => {
      rmSync(ballast);
    },
    remount: (how) => {
      execFileSync('mount', ['-o', `remount,${how}`, directory]);
    },
    remove: async () => {
      // Lazily: a process that a failed test has left behind must not keep it.
      execFileSync('umount', ['--lazy', directory]);
      await rm(directory, { recursive: true });
    },
  };
}

function fill(file: string): number {
  const fd = openSync(file, 'a', 0o600);
  let bytes = 0;
  for (let size = 1024 * 1024; size >= 1;) {
    try {
      bytes += writeSync(fd, Buffer.alloc(size, 0x2e));
    } catch {
      size = Math.floor(size / 2);
    }
  }
  closeSync(fd);
  return bytes;
}

export const hasStrace = (): boolean => isRoot && spawnSync('strace', ['-V']).status === 0;

/**
 * From now on the kernel refuses this process every write at a place of a file, and every truncation, as on a disk that
 * turned read-only under it. (A real one can't be remounted while files on it are open for writing; an emergency remount
 * can't be taken back without ending who has them open.) Sockets are written otherwise. The answer ends it.
 */
export async function refuseWrites(pid: number): Promise<() => Promise<void>> {
  const calls = 'pwrite64,pwritev,ftruncate,fallocate';
  const strace = spawn(
    'strace',
    ['-f', '-qq', '-o', '/dev/null', '-p', String(pid), '-e', `trace=${calls}`, '-e', `inject=${calls}:error=EROFS`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  strace.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const gone = once(strace, 'exit');
  // It says nothing when it has attached; every thread of the process then has a tracer.
  while (!tracedAll(pid)) {
    if (strace.exitCode !== null) throw new Error(`strace: ${said}`);
    await delay(20);
  }
  return async () => {
    strace.kill('SIGINT');
    await gone;
  };
}

function tracedAll(pid: number): boolean {
  const status = spawnSync('sh', ['-c', `cat /proc/${pid}/task/*/status`], { encoding: 'utf8' }).stdout;
  const tracers = Array.from(status.matchAll(/^TracerPid:\t(\d+)$/gm), (match) => match[1]);
  return tracers.length > 0 && !tracers.includes('0');
}
