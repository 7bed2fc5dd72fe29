import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linesOf, requestNumber } from '../../../test/kit/store-objects.ts';
import { DIALECTS } from '../migrations/list.ts';
import { migrate } from '../migrations/migrate.ts';
import { openConnection } from './connection.ts';
import { startDiskThread, type DiskThread } from './disk-thread.ts';

// What Node 20 can run as a thread: the one that was built.
const BUILT = new URL('../../../dist/store/sqlite/disk-worker.js', import.meta.url);

const lines = (...numbers: readonly number[]) => linesOf(numbers.map((n) => requestNumber(n)));
const idsOf = (...numbers: readonly number[]) => numbers.map((n) => requestNumber(n).id);
// The database has no place for one without a time.
const BROKEN = new TextEncoder().encode(`${JSON.stringify({ ...requestNumber(0), at: null })}\n`);

let directory: string;
let database: Database.Database;
let thread: DiskThread;
let failures: number;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'offhook-disk-'));
  const file = join(directory, 'a.db');
  database = new Database(file);
  database.exec('pragma journal_mode = wal');
  const connection = openConnection(file, { readonly: false });
  await migrate(connection, DIALECTS.sqlite, file);
  connection.close();
  failures = 0;
  thread = startDiskThread(file, () => (failures += 1), BUILT);
});

afterEach(async () => {
  await thread.stop();
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

const all = (): readonly unknown[] => database.prepare('select id from journal order by seq').pluck().all();

test('what the thread says is written can be read', async () => {
  await thread.writeJournal(lines(1, 2));
  await thread.writeJournal(lines(3));
  expect(all()).toEqual(idsOf(1, 2, 3));
  expect(failures).toBe(0);
});

test('of records that are given together all are written or none, and those after them are', async () => {
  await thread.writeJournal(lines(1));
  const [broken, after] = await Promise.allSettled([
    thread.writeJournal(Buffer.concat([lines(2), BROKEN])),
    thread.writeJournal(lines(3)),
  ]);
  expect(broken.status).toBe('rejected');
  expect(after.status).toBe('fulfilled');
  expect(all()).toEqual(idsOf(1, 3));
});

test('the thread waits for whoever writes', async () => {
  database.exec('begin immediate');
  const waiting = thread.writeJournal(lines(8));
  database.exec('commit');
  await waiting;
  expect(all()).toEqual(idsOf(8));
});

test('what was given before the end is written, and after it nobody takes anything', async () => {
  const last = thread.writeJournal(lines(5));
  await thread.stop();
  await last;
  expect(all()).toEqual(idsOf(5));
  expect(await thread.writeJournal(lines(6))).toBe(false);
});

test('where no thread can be had, that is said, also to those who had given it work', async () => {
  const file = join(directory, 'a.db');
  const none = startDiskThread(file, () => (failures += 1), new URL('./no-such-worker.js', import.meta.url));
  expect(await none.writeJournal(lines(1))).toBe(false);
  expect(failures).toBe(1);
  expect(await none.writeJournal(lines(2))).toBe(false);
  expect(all()).toEqual([]);
});
