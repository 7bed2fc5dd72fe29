import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreFull, StoreUnavailable, type FileStore } from '../../app/ports.ts';

const INCOMING = 'incoming-';

// Another process may be writing here (several share one PostgreSQL): what is older than this, nobody is writing any more.
const ABANDONED_MILLISECONDS = 24 * 60 * 60 * 1000;

async function removeAbandoned(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith(INCOMING)) continue;
    const file = join(directory, name);
    const { mtimeMs } = await stat(file);
    if (mtimeMs < Date.now() - ABANDONED_MILLISECONDS) await rm(file, { force: true });
  }
}

/** No room left, or none left for this account. */
const isFull = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');

/** Disk full, directory gone, not ours to write: the world is broken, not the request. */
async function attempt<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new (isFull(cause) ? StoreFull : StoreUnavailable)(`${where} can't be used: ${reason}`, { cause });
  }
}

function nameOf(sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('not a checksum of a stored file');
  return sha256;
}

// A name in the store that leads elsewhere is none of ours, whoever has put it there (P3).
const WITHOUT_LINKS = {
  ...fs,
  open: (path: string, _flags: unknown, mode: number, done: (error: Error | null, fd: number) => void): void => {
    fs.open(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW, mode, done);
  },
};

/** Copies into `file` up to the limit. What the sender throws is not the disk's fault and goes through as it is. */
async function receive(
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
  file: FileHandle,
  where: string,
): Promise<{ readonly sha256: string; readonly size: number } | 'too_large'> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > maxBytes) return 'too_large';
    hash.update(chunk);
    await attempt(where, () => file.writeFile(chunk));
  }
  await attempt(where, () => file.sync());
  return { sha256: hash.digest('hex'), size };
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Files by checksum in one directory. A name appears there when its content is whole and on the disk. */
export async function openFileStore(directory: string): Promise<FileStore> {
  await attempt(directory, async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await removeAbandoned(directory);
  });

  return {
    write: async (bytes, maxBytes) => {
      const incoming = join(directory, `${INCOMING}${randomBytes(8).toString('hex')}`);
      const file = await attempt(directory, () => open(incoming, 'wx', 0o600));
      try {
        const received = await receive(bytes, maxBytes, file, directory);
        if (received === 'too_large') return received;
        await attempt(directory, async () => {
          await rename(incoming, join(directory, received.sha256));
          await syncDirectory(directory);
        });
        return received;
      } finally {
        await file.close();
        await rm(incoming, { force: true });
      }
    },
    has: async (sha256) => {
      const found = await lstat(join(directory, nameOf(sha256))).catch(() => undefined);
      return found?.isFile() === true;
    },
    open: (sha256, range) =>
      fs.createReadStream(join(directory, nameOf(sha256)), {
        fs: WITHOUT_LINKS,
        ...(range === undefined ? {} : { start: range.first, end: range.last }),
      }),
    remove: (sha256) => attempt(directory, () => rm(join(directory, nameOf(sha256)), { force: true })),
  };
}
