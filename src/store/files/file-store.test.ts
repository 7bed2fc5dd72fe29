import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StoreUnavailable } from '../../app/ports.ts';
import { openFileStore } from './file-store.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'offhook-files-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const chunks = (...parts: readonly string[]): Readable => Readable.from(parts.map((part) => Buffer.from(part)));
const sha256 = createHash('sha256').update('firmware').digest('hex');

test('a file is kept under its checksum and read whole or in part', async () => {
  const files = await openFileStore(join(directory, 'firmware'));
  expect(await files.write(chunks('firm', 'ware'), 8)).toEqual({ sha256, size: 8 });
  expect(await text(files.open(sha256))).toBe('firmware');
  expect(await text(files.open(sha256, { first: 2, last: 4 }))).toBe('rmw');
  expect(statSync(join(directory, 'firmware', sha256)).mode & 0o777).toBe(0o600);
});

test('the same file twice is one; removed it is gone, and removing it again is no error', async () => {
  const files = await openFileStore(directory);
  await files.write(chunks('firmware'), 100);
  await files.write(chunks('firmware'), 100);
  expect(readdirSync(directory)).toEqual([sha256]);
  await files.remove(sha256);
  await files.remove(sha256);
  await expect(text(files.open(sha256))).rejects.toThrow(/ENOENT/);
});

test('a file that is too large leaves nothing behind', async () => {
  const files = await openFileStore(directory);
  expect(await files.write(chunks('firm', 'ware'), 7)).toBe('too_large');
  expect(readdirSync(directory)).toEqual([]);
});

test('an upload that breaks off leaves nothing behind, and its own error comes out', async () => {
  const files = await openFileStore(directory);
  const broken = new Error('aborted');
  const parts = Readable.from(
    (function* () {
      yield Buffer.from('firm');
      throw broken;
    })(),
  );
  await expect(files.write(parts, 100)).rejects.toBe(broken);
  expect(readdirSync(directory)).toEqual([]);
});

test('what an earlier process left half-written goes at a later start, what another one is writing stays', async () => {
  for (const name of ['incoming-old', 'incoming-new']) writeFileSync(join(directory, name), 'half');
  utimesSync(join(directory, 'incoming-old'), 0, 0);
  await openFileStore(directory);
  expect(readdirSync(directory)).toEqual(['incoming-new']);
});

test('a name that is no checksum opens nothing', async () => {
  const files = await openFileStore(directory);
  expect(() => files.open('../secret')).toThrow('not a checksum');
  await expect(files.remove('../secret')).rejects.toThrow();
});

test('a directory that is gone is an unavailable store', async () => {
  const files = await openFileStore(directory);
  rmSync(directory, { recursive: true });
  await expect(files.write(chunks('x'), 10)).rejects.toThrow(StoreUnavailable);
});
