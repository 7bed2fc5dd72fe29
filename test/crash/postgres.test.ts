import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { canMount, smallDisk } from '../kit/disk.ts';
import { doorPorts, startNode } from '../kit/nodes.ts';
import { hasPostgres, startPostgres, type TestPostgres } from '../kit/postgres.ts';
import { ask, type Answer } from '../kit/product.ts';
import { addDeskPhone, fetchFile, openFirm, refusal, untilServed, type DeskPhone, type Firm } from './desk-phones.ts';

const TIMEOUT_MILLISECONDS = 180_000;
const LATER = { status: 503, comesBack: true, type: 'unavailable' };
const COMES_BACK = { status: 503, comesBack: true, type: '' };

let postgres: TestPostgres;
let close: (() => Promise<void>)[] = [];

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text);
  await client.end();
}

/** The product on a database, with a phone that was served and one that never asked. */
async function firmOn(url: string): Promise<Firm & { readonly served: DeskPhone; readonly fresh: DeskPhone }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'offhook-crash-'));
  close.push(() => rm(dataDir, { recursive: true }));
  const environment = { OFFHOOK_STORE_KIND: 'postgres', OFFHOOK_STORE_URL: url };
  const node = await startNode({ address: '127.0.0.1', ports: await doorPorts(), dataDir, environment });
  close.push(node.kill);
  const firm = await openFirm(node);
  const served = await addDeskPhone(firm, 1);
  const fresh = await addDeskPhone(firm, 2);
  await fetchFile(firm, served);
  await untilServed(firm, served);
  return { ...firm, served, fresh };
}

const ready = ({ node, token }: Firm): Promise<Answer> =>
  ask(`${node.door('admin')}/ready`, { headers: { authorization: `Bearer ${token}` } });

const there = await hasPostgres();
const mounts = await canMount();

describe.skipIf(!there)(`PostgreSQL${there ? '' : ' (skipped: this machine has no PostgreSQL server)'}`, () => {
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterEach(async () => {
    for (const one of close.toReversed()) await one();
    close = [];
  });
  afterAll(() => postgres.stop());

  test(
    'C3 while PostgreSQL is gone phones and administrators are told to come back, and all goes on when it is there again',
    async () => {
      const firm = await firmOn(await postgres.createDatabase());
      const before = await fetchFile(firm, firm.served);
      await postgres.interrupt();
      try {
        for (let round = 0; round < 40; round++) {
          expect(refusal(await fetchFile(firm, firm.served))).toEqual(COMES_BACK);
          expect(refusal(await firm.api('PATCH', firm.served.path, { label: 'not kept' }))).toEqual(LATER);
        }
        expect(refusal(await firm.node.api('', 'POST', '/sessions', firm.login))).toEqual(LATER);
        expect((await ask(`${firm.node.door('admin')}/health`)).status).toBe(200);
        expect((await ask(`${firm.node.door('admin')}/ready`)).status).toBe(503);
      } finally {
        await postgres.resume();
      }
      await expect.poll(async () => (await ready(firm)).json, { timeout: 10_000 }).toEqual({ status: 'ready' });
      expect((await fetchFile(firm, firm.served)).text).toBe(before.text);
      expect((await fetchFile(firm, firm.fresh)).status).toBe(200);
      expect((await firm.api('PATCH', firm.served.path, { label: 'kept' })).status).toBe(200);
      expect(firm.node.isAlive()).toBe(true);
      const failed = firm.node.log().filter((line) => line.includes('"serve_failed"'));
      expect(failed.length).toBeGreaterThan(0);
      expect(failed.length).toBeLessThanOrEqual(20);
    },
    TIMEOUT_MILLISECONDS,
  );

  test(
    'whoever is not let through by other writers for so long is told 503, at the API and at the doors',
    async () => {
      const url = await postgres.createDatabase();
      const firm = await firmOn(url);
      // What the server says to a transaction that met another one, every time.
      await query(
        url,
        `create function meet() returns trigger language plpgsql as
           $$ begin raise exception 'could not serialize access' using errcode = '40001'; end $$;
         create trigger meet before update on phones for each row execute function meet();
         create trigger meet before insert or update on phone_states for each row execute function meet();`,
      );
      expect(refusal(await firm.api('PATCH', firm.served.path, { label: 'not kept' }))).toEqual(LATER);
      expect(refusal(await fetchFile(firm, firm.fresh))).toEqual(COMES_BACK);
      expect((await fetchFile(firm, firm.served)).status).toBe(200);
      await query(url, 'drop function meet cascade');
      expect((await fetchFile(firm, firm.fresh)).status).toBe(200);
      expect((await firm.api('PATCH', firm.served.path, { label: 'kept' })).status).toBe(200);
    },
    TIMEOUT_MILLISECONDS,
  );

  // Where tests may not mount (not root) it is skipped.
  test.skipIf(!mounts)(
    'C3 while the disk of PostgreSQL is full phones get the last good state and writes say 507',
    async () => {
      const disk = await smallDisk(32);
      close.push(disk.remove);
      execFileSync('chown', ['postgres', disk.directory]);
      const [name, url] = ['small', postgres.url.replace(/[^/]+$/, 'small')];
      await query(postgres.url, `create tablespace ${name} location '${disk.directory}'`);
      await query(postgres.url, `create database ${name} tablespace ${name}`);
      close.push(async () => {
        await query(postgres.url, `drop database ${name} with (force)`);
        await query(postgres.url, `drop tablespace ${name}`);
      });
      const firm = await firmOn(url);
      const before = await fetchFile(firm, firm.served);
      disk.fill();
      let last: Answer | undefined;
      for (let n = 0; n < 3_000 && last?.status !== 507; n++)
        last = await firm.api('PATCH', firm.served.path, {
          raw: { 'phone_setting.large': `${n}${'x'.repeat(4_000)}` },
        });
      expect(last && refusal(last)).toEqual({ status: 507, comesBack: true, type: 'storage-full' });
      expect((await fetchFile(firm, firm.served)).status).toBe(200);
      expect(before.status).toBe(200);
      disk.free();
      expect((await firm.api('PATCH', firm.served.path, { label: 'kept' })).status).toBe(200);
      expect(firm.node.isAlive()).toBe(true);
    },
    TIMEOUT_MILLISECONDS,
  );
});
