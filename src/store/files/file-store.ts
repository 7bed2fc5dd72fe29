import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs';
import type { ReadStream } from 'node:fs';
import { lstat, mkdir, readdir, rename, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreFull, StoreUnavailable, type FileStore } from '../../app/ports.ts';

export type ByteRange = NonNullable<Parameters<FileStore['open']>[1]>;

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

const CHECKSUM = /^[0-9a-f]{64}$/;

function nameOf(sha256: string): string {
  if (!CHECKSUM.test(sha256)) throw new Error('not a checksum of a stored file');
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
  const handle = await fs.promises.open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A file of the directory, and when it was last written or read. */
export interface FileOnDisk {
  readonly sha256: string;
  readonly size: number;
  readonly usedAt: Date;
}

/** Files by checksum in one directory. */
export interface DirectoryStore extends FileStore {
  /** Open already, so that it is read to its end also when it is removed meanwhile, and counted as used; undefined where it is not there. */
  openNow(sha256: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array> | undefined>;
  list(): Promise<readonly FileOnDisk[]>;
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

// `as`: a stream without an encoding gives bytes.
const bytesOf = (stream: ReadStream): AsyncIterable<Uint8Array> =>
  stream as AsyncIterable<unknown> as AsyncIterable<Uint8Array>;

async function openNow(file: string, stream: ReadStream): Promise<AsyncIterable<Uint8Array> | undefined> {
  try {
    await once(stream, 'open');
    await utimes(file, new Date(), new Date());
    return bytesOf(stream);
  } catch (error) {
    stream.destroy();
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function listFiles(directory: string): Promise<readonly FileOnDisk[]> {
  const names = (await readdir(directory)).filter((name) => CHECKSUM.test(name));
  const found = await Promise.all(
    names.map(async (sha256) => {
      const file = await lstat(join(directory, sha256)).catch(() => undefined);
      return file?.isFile() === true ? [{ sha256, size: file.size, usedAt: file.mtime }] : [];
    }),
  );
  return found.flat();
}

/** Opens a directory of files, made where it is not there. A name appears in it when its content is whole and on the disk. */
export async function openFileStore(directory: string): Promise<DirectoryStore> {
  await attempt(directory, async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await removeAbandoned(directory);
  });
  const open = (sha256: string, range?: ByteRange): ReadStream =>
    fs.createReadStream(join(directory, nameOf(sha256)), {
      fs: WITHOUT_LINKS,
      ...(range === undefined ? {} : { start: range.first, end: range.last }),
    });

  const files: DirectoryStore = {
    write: async (bytes, maxBytes) => {
      const incoming = join(directory, `${INCOMING}${randomBytes(8).toString('hex')}`);
      const file = await attempt(directory, () => fs.promises.open(incoming, 'wx', 0o600));
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
    read: (sha256) => bytesOf(open(sha256)),
    open,
    openNow: (sha256, range) => attempt(directory, () => openNow(join(directory, sha256), open(sha256, range))),
    list: () => attempt(directory, () => listFiles(directory)),
    remove: (sha256) => attempt(directory, () => rm(join(directory, nameOf(sha256)), { force: true })),
    within: () => files,
  };
  return files;
}
