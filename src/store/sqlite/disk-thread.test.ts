import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hotText } from '../sql/session.ts';
import { startDiskThread, type DiskThread } from './disk-thread.ts';

// What Node 20 can run as a thread: the one that was built.
const BUILT = new URL('../../../dist/store/sqlite/disk-worker.js', import.meta.url);

const INSERT = hotText<never>('insert into t (x) values (?)');
const insert = (...values: readonly number[]) => values.map((value) => ({ text: INSERT, parameters: [value] }));

let directory: string;
let database: Database.Database;
let thread: DiskThread;
let failures: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'offhook-disk-'));
  const file = join(directory, 'a.db');
  database = new Database(file);
  database.exec('pragma journal_mode = wal; create table t (x integer unique)');
  failures = 0;
  thread = startDiskThread(file, () => (failures += 1), BUILT);
});

afterEach(async () => {
  await thread.stop();
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

const all = (): readonly unknown[] => database.prepare('select x from t order by x').pluck().all();

test('what the thread says is written can be read', async () => {
  await thread.write(insert(1, 2));
  await thread.write(insert(3));
  expect(all()).toEqual([1, 2, 3]);
  expect(failures).toBe(0);
});

test('of statements that belong together all are written or none, and those after them are', async () => {
  await thread.write(insert(1));
  const [broken, after] = await Promise.allSettled([thread.write(insert(2, 1)), thread.write(insert(3))]);
  expect(broken.status).toBe('rejected');
  expect(after.status).toBe('fulfilled');
  expect(all()).toEqual([1, 3]);
});

test('the thread waits for whoever writes', async () => {
  database.exec('begin immediate; insert into t (x) values (7)');
  const waiting = thread.write(insert(8));
  database.exec('commit');
  await waiting;
  expect(all()).toEqual([7, 8]);
});

test('what was given before the end is written, and after it nobody takes anything', async () => {
  const last = thread.write(insert(5));
  await thread.stop();
  await last;
  expect(all()).toEqual([5]);
  expect(await thread.write(insert(6))).toBe(false);
});

test('where no thread can be had, that is said, also to those who had given it work', async () => {
  const file = join(directory, 'a.db');
  const none = startDiskThread(file, () => (failures += 1), new URL('./no-such-worker.js', import.meta.url));
  expect(await none.write(insert(1))).toBe(false);
  expect(failures).toBe(1);
  expect(await none.write(insert(2))).toBe(false);
  expect(all()).toEqual([]);
});
