import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StoreUnavailable, type Store, type StoredContents } from '../../app/ports.ts';
import { firmwareNamed } from '../../../test/kit/store-objects.ts';
import { memoryStore } from '../memory/memory-store.ts';
import { openFileStore } from './file-store.ts';
import { sharedFiles, type SharedFiles } from './shared-files.ts';

let store: Store;
let parent: string;
const [here, there] = ['here', 'there'] as const;
const clock = { now: () => new Date() };
const contentOf = (n: number): Buffer => Buffer.alloc(1000, `file ${n} `);
const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const filesIn = (node: string): readonly string[] => readdirSync(join(parent, node)).sort();

/** The files of a process with a disk of its own. */
async function filesOf(node: string, changes: { contents?: StoredContents; maxBytes?: number } = {}) {
  const directory = await openFileStore(join(parent, node));
  return sharedFiles({ contents: store.platform.contents, directory, maxBytes: 1_000_000, clock, ...changes });
}

async function write(files: SharedFiles, bytes: Buffer): Promise<string> {
  const got = await files.write(Readable.from([bytes.subarray(0, 600), bytes.subarray(600)]), 10_000);
  if (got === 'too_large') throw new Error('it is small');
  return got.sha256;
}

/** Longer ago than anything that is spared. */
function age(node: string, sha256: string, minutes: number): void {
  const then = new Date(Date.now() - minutes * 60_000);
  utimesSync(join(parent, node, sha256), then, then);
}

beforeEach(() => {
  store = memoryStore();
  parent = mkdtempSync(join(tmpdir(), 'offhook-shared-'));
});
afterEach(() => {
  rmSync(parent, { recursive: true });
});

test('what one process was given another reads, whole and in part, and keeps a copy of it', async () => {
  const bytes = contentOf(1);
  const sha256 = await write(await filesOf(here), bytes);
  const files = await filesOf(there);
  expect(await files.has(sha256)).toBe(true);
  expect(filesIn(there)).toEqual([]);
  expect(await text(files.open(sha256, { first: 5, last: 11 }))).toBe(bytes.toString().slice(5, 12));
  expect(filesIn(there)).toEqual([sha256]);
  // From the copy: the store is not asked again.
  await store.platform.contents.remove(sha256);
  expect((await buffer(files.open(sha256))).equals(bytes)).toBe(true);
});

test('many that ask for a file at once fetch it once, and are served when all of it is there', async () => {
  const bytes = contentOf(2);
  const sha256 = await write(await filesOf(here), bytes);
  let fetched = 0;
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const contents: StoredContents = {
    ...store.platform.contents,
    read: async function* () {
      fetched += 1;
      yield bytes.subarray(0, 999);
      await released;
      yield bytes.subarray(999);
    },
  };
  const files = await filesOf(there, { contents });
  let served = 0;
  const streams = Array.from({ length: 20 }, () => files.open(sha256, { first: 0, last: 9 }));
  for (const stream of streams) stream.on('data', () => (served += 1));
  const ended = Promise.all(streams.map((stream) => new Promise((resolve) => stream.on('end', resolve))));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([fetched, served]).toEqual([1, 0]);
  release();
  await ended;
  expect([fetched, served]).toEqual([1, 20]);
});

test('what arrives with another checksum is served to nobody and kept by nobody, and the next request tries again', async () => {
  const bytes = contentOf(3);
  const sha256 = await write(await filesOf(here), bytes);
  let cut = true;
  const contents: StoredContents = {
    ...store.platform.contents,
    read: async function* () {
      yield await Promise.resolve(cut ? bytes.subarray(0, 500) : bytes);
    },
  };
  const files = await filesOf(there, { contents });
  await expect(buffer(files.open(sha256))).rejects.toThrow(StoreUnavailable);
  expect(filesIn(there)).toEqual([]);
  cut = false;
  expect((await buffer(files.open(sha256))).equals(bytes)).toBe(true);
});

test('copies that have no room go, the least recently used first, and are fetched again when asked for', async () => {
  const source = await filesOf(here);
  const [one, two, three] = [contentOf(1), contentOf(2), contentOf(3)];
  for (const bytes of [one, two, three]) await write(source, bytes);
  const files = await filesOf(there, { maxBytes: 2000 });
  for (const bytes of [one, two]) await buffer(files.open(sha256Of(bytes)));
  age(there, sha256Of(one), 20);
  age(there, sha256Of(two), 10);
  // Asked for again, the older one is the newer one.
  await buffer(files.open(sha256Of(one)));
  await buffer(files.open(sha256Of(three)));
  expect(filesIn(there)).toEqual([sha256Of(one), sha256Of(three)].sort());
  expect((await buffer(files.open(sha256Of(two)))).equals(two)).toBe(true);
});

test('whoever reads a copy reads on when it is removed, and what was removed is gone', async () => {
  const bytes = Buffer.alloc(1_000_000, 'a');
  const files = await filesOf(here, { maxBytes: 2_000_000 });
  const got = await files.write(Readable.from([bytes]), 2_000_000);
  const sha256 = got === 'too_large' ? '' : got.sha256;
  const reading = files.open(sha256)[Symbol.asyncIterator]();
  const first = await reading.next();
  await files.remove(sha256);
  let read = first.done === true ? 0 : first.value.length;
  for (let next = await reading.next(); next.done !== true; next = await reading.next()) read += next.value.length;
  expect(read).toBe(bytes.length);
  expect([await files.has(sha256), filesIn(here)]).toEqual([false, []]);
  await expect(buffer(files.open(sha256))).rejects.toThrow(StoreUnavailable);
});

test('files of a folder of before are taken into the store, and what nobody names any more goes', async () => {
  const [named, unnamed, arriving] = [contentOf(1), contentOf(2), contentOf(3)];
  const files = await filesOf(here);
  for (const bytes of [named, unnamed, arriving]) writeFileSync(join(parent, here, sha256Of(bytes)), bytes);
  for (const bytes of [named, unnamed]) age(here, sha256Of(bytes), 2);
  await store.platform.firmware.create(firmwareNamed('t46.rom', { sha256: sha256Of(named), size: named.length }));
  await files.tidy();
  expect(await store.platform.contents.has(sha256Of(named))).toBe(true);
  expect(filesIn(here)).toEqual([sha256Of(named), sha256Of(arriving)].sort());
  expect((await buffer((await filesOf(there)).open(sha256Of(named)))).equals(named)).toBe(true);
});

test('a folder of before whose file was changed is not believed', async () => {
  const sha256 = sha256Of(contentOf(1));
  const files = await filesOf(here);
  writeFileSync(join(parent, here, sha256), 'something else');
  await store.platform.firmware.create(firmwareNamed('t46.rom', { sha256, size: 1000 }));
  await expect(files.tidy()).rejects.toThrow('has the checksum');
  expect(await store.platform.contents.has(sha256)).toBe(false);
});
