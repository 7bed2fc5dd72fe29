import { readFileSync, symlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { canMount, hasStrace, refuseWrites, smallDisk } from '../kit/disk.ts';
import { doorPorts, startNode, type Node } from '../kit/nodes.ts';
import { ask, type Answer } from '../kit/product.ts';
import { addDeskPhone, fetchFile, openFirm, refusal, untilServed, type DeskPhone, type Firm } from './desk-phones.ts';

const TIMEOUT_MILLISECONDS = 180_000;
const FULL = { status: 507, comesBack: true, type: 'storage-full' };
const LATER = { status: 503, comesBack: true, type: 'unavailable' };
const COMES_BACK = { status: 503, comesBack: true, type: '' };

let close: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const one of close.toReversed()) await one();
  close = [];
});

async function startOn(dataDir: string): Promise<Node> {
  const node = await startNode({ address: '127.0.0.1', ports: await doorPorts(), dataDir, environment: {} });
  close.push(node.kill);
  return node;
}

const ready = ({ node, token }: Firm): Promise<Answer> =>
  ask(`${node.door('admin')}/ready`, { headers: { authorization: `Bearer ${token}` } });

const health = ({ node }: Firm): Promise<Answer> => ask(`${node.door('admin')}/health`);

const upload = ({ node, token }: Firm, bytes: number): Promise<Answer> =>
  ask(`${node.door('admin')}/api/v1/firmware/T46U-108.86.0.20.rom?vendor=yealink&models=T46U&version=108.86.0.20`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    body: Buffer.alloc(bytes, 1),
  });

/** Longer than it takes until the write-ahead log is brought in and its room used again. */
const REFUSED_MILLISECONDS = 2_500;

/** Writes until nothing more goes in, also not what takes least room. */
async function writeUntilRefused(
  firm: Firm,
  path: string,
): Promise<{ readonly kept: string; readonly answer: Answer }> {
  let kept = '';
  let keptAt = performance.now();
  for (let n = 1; ; n++) {
    const label = `label ${n}`;
    const answer = await firm.api('PATCH', path, { label });
    if (answer.status !== 200 && performance.now() - keptAt > REFUSED_MILLISECONDS) return { kept, answer };
    if (answer.status === 200) [kept, keptAt] = [label, performance.now()];
    else await delay(20);
  }
}

/** A first fetch has to be noted before it goes out: the first phone of which nothing can be noted any more. */
async function firstRefused(firm: Firm, phones: readonly DeskPhone[]): Promise<DeskPhone> {
  for (const phone of phones) {
    const answer = await fetchFile(firm, phone);
    if (answer.status === 200) continue;
    expect(refusal(answer)).toEqual(COMES_BACK);
    return phone;
  }
  throw new Error('every first fetch could be noted');
}

const repeats = (node: Node): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const line of node.log()) {
    const { event } = JSON.parse(line) as { readonly event: string };
    counts[event] = (counts[event] ?? 0) + 1;
  }
  return counts;
};

describe.skipIf(!(await canMount()))('with disks of its own (skipped where tests may not mount: not root)', () => {
  test(
    'C3 while the disk is full phones get the last good state, writes say 507, and all goes on when there is room again',
    async () => {
      const disk = await smallDisk(24);
      close.push(disk.remove);
      const firm = await openFirm(await startOn(disk.directory));
      const served = await addDeskPhone(firm, 1);
      const others: DeskPhone[] = [];
      for (let n = 2; n < 18; n++) others.push(await addDeskPhone(firm, n));
      const before = await fetchFile(firm, served);
      expect(before.status).toBe(200);
      await untilServed(firm, served);

      expect(disk.fill()).toBeGreaterThan(1024 * 1024);
      const edited = others[0] ?? served;
      const { kept, answer } = await writeUntilRefused(firm, edited.path);
      expect(refusal(answer)).toEqual(FULL);
      const fresh = await firstRefused(firm, others.slice(1));
      for (let round = 0; round < 40; round++) {
        expect((await fetchFile(firm, served)).text).toBe(before.text);
        expect(refusal(await fetchFile(firm, fresh))).toEqual(COMES_BACK);
        expect(refusal(await firm.api('PATCH', served.path, { label: `not kept ${round}` }))).toEqual(FULL);
      }
      expect(refusal(await firm.api('PUT', '/tenants/other', { title: 'Other' }))).toEqual(FULL);
      expect(refusal(await firm.node.api('', 'POST', '/sessions', firm.login))).toEqual(FULL);
      expect(refusal(await upload(firm, 200_000))).toEqual(FULL);
      expect((await health(firm)).status).toBe(200);
      expect((await ready(firm)).json).toEqual({
        status: 'ready',
        remarks: ['the store cannot be written: phones get what was there before, and nothing can be changed'],
      });
      expect((await firm.api('GET', edited.path)).json).toMatchObject({ label: kept });

      disk.free();
      await expect.poll(async () => (await fetchFile(firm, fresh)).status, { timeout: 10_000 }).toBe(200);
      expect((await firm.api('PATCH', served.path, { label: 'kept' })).status).toBe(200);
      expect((await upload(firm, 200_000)).status).toBeLessThan(300);
      await expect.poll(async () => (await ready(firm)).json, { timeout: 10_000 }).toEqual({ status: 'ready' });
      expect((await firm.api('GET', edited.path)).json).toMatchObject({ label: kept });
      // The write-ahead log is brought in again, too.
      await expect
        .poll(() => readFileSync(join(disk.directory, 'offhook.db')).includes('"label":"kept"'), { timeout: 10_000 })
        .toBe(true);
      // What was noted of requests waited, and is there.
      const journal = (): Promise<Answer> => firm.api('GET', '/journal?limit=1000');
      await expect
        .poll(async () => ((await journal()).json.items as object[]).length, { timeout: 10_000 })
        .toBeGreaterThan(60);
      expect(firm.node.isAlive()).toBe(true);
      for (const [event, lines] of Object.entries(repeats(firm.node))) expect(lines, event).toBeLessThanOrEqual(30);
    },
    TIMEOUT_MILLISECONDS,
  );

  test(
    'C3 firmware on a disk that turns read-only is served, an upload says 503, and it goes on when it can be written again',
    async () => {
      const data = await smallDisk(24);
      const disk = await smallDisk(8);
      close.push(data.remove, disk.remove);
      symlinkSync(disk.directory, join(data.directory, 'firmware'));
      const firm = await openFirm(await startOn(data.directory));
      expect((await upload(firm, 200_000)).status).toBe(201);
      const image = (): Promise<Answer> => ask(`${firm.node.door('bootstrap')}/T46U-108.86.0.20.rom`);
      const before = await image();
      expect([before.status, before.bytes.length]).toEqual([200, 200_000]);
      disk.remount('ro');
      expect(refusal(await upload(firm, 300_000))).toEqual(LATER);
      expect((await image()).bytes).toEqual(before.bytes);
      expect((await firm.api('PUT', '/tenants/other', { title: 'Other' })).status).toBe(201);
      disk.remount('rw');
      expect((await upload(firm, 300_000)).status).toBe(200);
      expect((await image()).bytes).toHaveLength(300_000);
    },
    TIMEOUT_MILLISECONDS,
  );
});

describe.skipIf(!hasStrace())(
  'with a kernel that refuses (skipped where strace is not there: not root, or not installed)',
  () => {
    test(
      'C3 while the disk is read-only phones get the last good state, writes say 503, and all goes on when it can be written',
      async () => {
        const dataDir = await mkdtemp(join(tmpdir(), 'offhook-crash-'));
        close.push(() => rm(dataDir, { recursive: true }));
        const firm = await openFirm(await startOn(dataDir));
        const served = await addDeskPhone(firm, 1);
        const fresh = await addDeskPhone(firm, 2);
        const before = await fetchFile(firm, served);
        await untilServed(firm, served);
        const permit = await refuseWrites(firm.node.pid);
        for (let round = 0; round < 40; round++) {
          expect((await fetchFile(firm, served)).text).toBe(before.text);
          expect(refusal(await fetchFile(firm, fresh))).toEqual(COMES_BACK);
          expect(refusal(await firm.api('PATCH', served.path, { label: `not kept ${round}` }))).toEqual(LATER);
        }
        expect(refusal(await firm.node.api('', 'POST', '/sessions', firm.login))).toEqual(LATER);
        expect((await firm.api('GET', served.path)).json).toMatchObject({ label: 'phone 1' });
        expect((await health(firm)).status).toBe(200);
        expect((await ready(firm)).json).toMatchObject({
          status: 'ready',
          remarks: [expect.stringContaining('cannot be written')],
        });
        await permit();
        await expect.poll(async () => (await fetchFile(firm, fresh)).status, { timeout: 10_000 }).toBe(200);
        expect((await firm.api('PATCH', served.path, { label: 'kept' })).status).toBe(200);
        await expect.poll(async () => (await ready(firm)).json, { timeout: 10_000 }).toEqual({ status: 'ready' });
        expect(firm.node.isAlive()).toBe(true);
        for (const [event, lines] of Object.entries(repeats(firm.node))) expect(lines, event).toBeLessThanOrEqual(30);
      },
      TIMEOUT_MILLISECONDS,
    );
  },
);
