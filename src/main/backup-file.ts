import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { MAX_LINE_CHARACTERS } from '../app/backup/format.ts';

// Our own backups shrink to a tenth or less: their secrets are noise. What grows to hundreds of times its size was made to.
const MAX_GROWTH = 200;
const ALWAYS_ALLOWED_BYTES = 64 * 1024 * 1024;

/** Counts what comes out of the file, against what went in. */
function boundGrowth(path: string, readSoFar: () => number): Transform {
  let size = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      size += chunk.length;
      const allowed = Math.max(ALWAYS_ALLOWED_BYTES, readSoFar() * MAX_GROWTH);
      if (size > allowed)
        done(new Error(`${path} grows beyond all measure when it is unpacked: it is no backup of ours`));
      else done(null, chunk);
    },
  });
}

async function assertFile(path: string): Promise<void> {
  if (!(await stat(path)).isFile()) throw new Error(`${path} is not a file`);
}

/** The lines of a backup, unpacked as they are asked for: no more of it is in memory than its longest line. */
export async function* backupFileLines(path: string): AsyncGenerator<string> {
  await assertFile(path);
  const file = createReadStream(path);
  const unpacked = boundGrowth(path, () => file.bytesRead);
  unpacked.setEncoding('utf8');
  const read = pipeline(file, createGunzip(), unpacked);
  // Whoever stops reading early has a reason of his own to tell.
  read.catch(() => undefined);
  let rest = '';
  let number = 1;
  try {
    for await (const chunk of unpacked as AsyncIterable<string>) {
      const [first = '', ...more] = chunk.split('\n');
      rest += first;
      for (const part of more) {
        yield rest;
        number += 1;
        rest = part;
      }
      if (rest.length > MAX_LINE_CHARACTERS)
        throw new Error(`line ${String(number)} of ${path} is too long: it is no backup of ours`);
    }
  } catch (cause) {
    throw sayBroken(path, cause);
  }
  if (rest !== '') yield rest;
}

/** What zlib says of a file that is none of its own, or was cut. */
function sayBroken(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('code' in cause) || !String(cause.code).startsWith('Z_')) return cause;
  return new Error(`${path} is not a whole gzip file: it was cut or changed, or is no backup`, { cause });
}

/** Beside its place until it is whole and on the disk. */
export async function fillFile(path: string, fill: (sink: Writable) => Promise<void>): Promise<void> {
  const unfinished = `${path}.part`;
  await rm(unfinished, { force: true });
  const sink = createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true });
  const broken = once(sink, 'error').then(([error]) => {
    throw error;
  });
  try {
    await Promise.race([fill(sink), broken]);
    await rename(unfinished, path);
  } catch (error) {
    sink.destroy();
    await rm(unfinished, { force: true });
    throw error;
  }
}
