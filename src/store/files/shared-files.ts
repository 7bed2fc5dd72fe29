import { Readable } from 'node:stream';
import {
  StoreUnavailable,
  type Clock,
  type FileContents,
  type FileStore,
  type StoredContents,
} from '../../app/ports.ts';
import type { ByteRange, DirectoryStore } from './file-store.ts';
import { makeRoom } from './make-room.ts';

export interface SharedFilesOptions {
  readonly contents: StoredContents;
  /** On this process's own disk. */
  readonly directory: DirectoryStore;
  /** Of all copies there. */
  readonly maxBytes: number;
  readonly clock: Clock;
}

/** Firmware that several processes share: its content is in the store, and each process keeps copies of what it is asked for. */
export interface SharedFiles extends FileStore {
  /** Brings the copies in line with the store and into their room; due now and then. */
  tidy(): Promise<void>;
}

/** Fetches a content that is asked for by several at once only once; what arrives is a copy when its checksum is right. */
function fetcher({ contents, directory, maxBytes }: SharedFilesOptions): (sha256: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const fetch = async (sha256: string): Promise<void> => {
    const got = await directory.write(contents.read(sha256), Number.MAX_SAFE_INTEGER);
    if (got === 'too_large' || got.sha256 !== sha256) {
      if (got !== 'too_large') await directory.remove(got.sha256);
      throw new StoreUnavailable(`the content of the checksum ${sha256} can't be read whole from the store`);
    }
    await makeRoom(directory, maxBytes);
  };
  return (sha256) => {
    const started =
      running.get(sha256) ??
      fetch(sha256).finally(() => {
        running.delete(sha256);
      });
    running.set(sha256, started);
    return started;
  };
}

/** Somebody may have a copy removed between its arrival and its opening: a few tries, then it is nobody's fault but the disk's. */
const MAX_TRIES = 3;

const UNNAMED_MILLISECONDS = 60_000;

/** What is here and not in the store: of a shared folder of before, or of an upload that came to nothing or is on its way. */
async function settle({ contents, directory, clock }: SharedFilesOptions, sha256: string, usedAt: Date): Promise<void> {
  if (await contents.has(sha256)) return;
  if (await contents.isNamed(sha256)) await contents.put(sha256, clock.now(), () => directory.read(sha256));
  else if (usedAt.getTime() < Date.now() - UNNAMED_MILLISECONDS) await directory.remove(sha256);
}

export function sharedFiles(options: SharedFilesOptions): SharedFiles {
  const { contents, directory, maxBytes, clock } = options;
  const fetch = fetcher(options);

  async function* bytesOf(sha256: string, range: ByteRange | undefined): AsyncGenerator<Uint8Array> {
    for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
      const copy = await directory.openNow(sha256, range);
      if (copy !== undefined) {
        yield* copy;
        return;
      }
      await fetch(sha256);
    }
    throw new StoreUnavailable(`the copy of the content of the checksum ${sha256} does not stay on the disk`);
  }

  const within = (inside: StoredContents): FileContents => ({
    write: async (bytes, max) => {
      const got = await directory.write(bytes, max);
      if (got === 'too_large') return got;
      await inside.put(got.sha256, clock.now(), () => directory.read(got.sha256));
      await makeRoom(directory, maxBytes);
      return got;
    },
    has: (sha256) => inside.has(sha256),
    read: (sha256) => inside.read(sha256),
    remove: async (sha256) => {
      await inside.remove(sha256);
      await directory.remove(sha256);
    },
  });

  return {
    ...within(contents),
    open: (sha256, range) => Readable.from(bytesOf(sha256, range), { objectMode: false }),
    within: (platform) => within(platform.contents),
    tidy: async () => {
      const failures: unknown[] = [];
      for (const { sha256, usedAt } of await directory.list())
        await settle(options, sha256, usedAt).catch((failure: unknown) => failures.push(failure));
      await makeRoom(directory, maxBytes);
      // One broken file must not keep the others from their turn.
      if (failures.length > 0) throw failures[0];
    },
  };
}
