import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPhone, fetchOwn, journal, looksLike, type KnownPhone } from '../kit/attack.ts';
import { runOffhook } from '../kit/cli.ts';
import { ask, startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';
import { RawClient } from '../kit/tftp-client.ts';

const START = new Date('2026-03-02T10:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'offhook-bans-'));
const told = join(folder, 'told');

let now = START;
let offhook: TestProduct;
let phone: KnownPhone;

const start = (): Promise<TestProduct> =>
  startTestProduct({
    dataDir: join(folder, 'data'),
    clock: { now: () => now },
    environment: { OFFHOOK_GUARD_BANCOMMAND: join(folder, 'firewall') },
  });

beforeAll(async () => {
  writeFileSync(join(folder, 'firewall'), `#!/bin/sh\necho "$@" >> '${told}'\n`);
  chmodSync(join(folder, 'firewall'), 0o755);
  offhook = await start();
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
  phone = await addPhone(offhook, 'acme', 'yealink', 'aa0201');
});
afterAll(() => offhook.close());

const from = (localAddress: string, path: string, door: 'bootstrap' | 'secure' = 'secure'): Promise<Answer> =>
  ask(`${offhook.door(door)}/${path}`, { localAddress });

const check = async (address: string): Promise<Answer['json']> =>
  await offhook.must('GET', `/bans/check?address=${address}`);

const events = (name: string): readonly string[] => offhook.log.filter((line) => line.includes(`"event":"${name}"`));

test('a decoy answers like nobody’s MAC, and whoever asks for it is banned at once at every door', async () => {
  const mac = '805ec0dec001';
  await offhook.must('POST', '/decoys', { mac: '80:5E:C0:DE:C0:01', note: 'in the old spreadsheet' });
  const unknown = await from('127.0.3.1', '805ec0dec002.cfg');
  const touched = await from('127.0.3.2', `${mac}.cfg`);
  expect(looksLike(touched)).toEqual(looksLike(unknown));
  expect((await from('127.0.3.1', '805ec0dec003.cfg')).status).toBe(404);
  for (const door of ['secure', 'bootstrap'] as const)
    expect((await from('127.0.3.2', '805ec0dec004.cfg', door)).status).toBe(429);
  const tftp = await RawClient.open({ port: offhook.port('tftp') }, '127.0.3.2');
  tftp.ask('805ec0dec004.cfg');
  expect((await fetchOwn(offhook, phone, { localAddress: '127.0.3.2' })).status).toBe(200);
  expect(tftp.received).toEqual([]);
  tftp.close();
  expect(events('decoy_touched')).toHaveLength(1);
  const noted = (await journal(offhook)).filter((record) => record.event === 'decoy_touched');
  expect(noted.map((record) => record.address)).toEqual(['127.0.3.2']);
  expect(await check('127.0.3.2')).toMatchObject({ standing: 'banned', reason: 'decoy' });
});

test('a decoy token is shown once, and bans who uses it as a phone’s or a tenant’s', async () => {
  const made = (await offhook.must('POST', '/decoys', {})) as { readonly id: string; readonly token: string };
  expect(JSON.stringify(await offhook.must('GET', '/decoys'))).not.toContain(made.token);
  const nobodys = await from('127.0.3.10', `p/${'a'.repeat(made.token.length)}/y000000000108.cfg`);
  expect(looksLike(await from('127.0.3.11', `p/${made.token}/y000000000108.cfg`))).toEqual(looksLike(nobodys));
  await from('127.0.3.12', `t/${made.token}/805ec0000001.cfg`, 'bootstrap');
  for (const address of ['127.0.3.11', '127.0.3.12'])
    expect(await check(address)).toMatchObject({ standing: 'banned', reason: 'decoy' });
  expect(await check('127.0.3.10')).toMatchObject({ standing: 'welcome' });
  await offhook.must('DELETE', `/decoys/${made.id}`);
  await from('127.0.3.13', `p/${made.token}/y000000000108.cfg`);
  expect(await check('127.0.3.13')).toMatchObject({ standing: 'welcome' });
});

test('a phone’s MAC cannot be a decoy, and a decoy’s MAC cannot be a phone’s', async () => {
  const planted = await offhook.api('POST', '/decoys', { mac: phone.mac });
  expect([planted.status, planted.json.detail]).toEqual([422, 'mac: is the MAC of a phone, and cannot be a decoy']);
  await offhook.must('POST', '/decoys', { mac: '805ec0dec011' });
  const body = { vendor: 'yealink', model: 'T46U', lines: [] };
  const made = await offhook.api('PUT', '/tenants/acme/phones/805ec0dec011', body);
  expect([made.status, made.json.detail]).toEqual([422, 'mac: was planted as a decoy by the operator']);
  await offhook.must('DELETE', '/decoys/80-5E-C0-DE-C0-11');
  expect((await offhook.api('PUT', '/tenants/acme/phones/805ec0dec011', body)).status).toBe(201);
});

test('the operator bans by hand, whoever is banned can ask why, and a lifted ban is over; the firewall hears of both', async () => {
  const address = '127.0.3.20';
  const added = await runOffhook(offhook, 'ban', 'add', address, '--minutes', '90', '--note', 'called us about it');
  expect([added.exitCode, added.stdout]).toEqual([0, `${address} is banned until 2026-03-02 11:30:00 UTC.\n`]);
  expect((await from(address, '805ec0000001.cfg')).headers['retry-after']).toBe('5400');
  const mine = await ask(`${offhook.door('admin')}/api/v1/bans/mine`, { localAddress: address });
  expect(mine.json).toMatchObject({ address, standing: 'banned', evidence: 'called us about it' });
  const asked = await runOffhook(offhook, 'ban', 'check', address);
  expect(asked.stdout).toBe(`${address} is banned until 2026-03-02 11:30:00 UTC: by_hand, called us about it.\n`);
  expect((await runOffhook(offhook, 'ban', 'list')).stdout).toContain(address);
  expect((await runOffhook(offhook, 'ban', 'lift', address)).exitCode).toBe(0);
  expect((await from(address, '805ec0000001.cfg')).status).toBe(404);
  expect((await offhook.api('DELETE', `/bans/${address}`)).status).toBe(404);
  await offhook.product.settle();
  const lines = existsSync(told) ? readFileSync(told, 'utf8').split('\n') : [];
  expect(lines.filter((line) => line.includes(address))).toEqual([`ban ${address} 5400`, `lift ${address}`]);
  // In a network that is never banned.
  expect((await offhook.api('POST', '/bans', { address: '127.0.0.1' })).status).toBe(422);
  const audited = (await offhook.must('GET', '/audit')) as { readonly items: readonly { readonly what: string }[] };
  expect(audited.items.map(({ what }) => what)).toEqual(expect.arrayContaining(['ban.made', 'ban.lifted']));
});

test('a ban outlives a restart, ends in time, and the next one lasts twice as long', async () => {
  await offhook.must('POST', '/decoys', { mac: '805ec0dec021' });
  const address = '127.0.3.30';
  await from(address, '805ec0dec021.cfg');
  await offhook.product.settle();
  await offhook.close();
  offhook = await start();
  expect((await from(address, '805ec0000001.cfg')).headers['retry-after']).toBe('3600');
  now = new Date(now.getTime() + 3_600_000);
  expect((await from(address, '805ec0000001.cfg')).status).toBe(404);
  await from(address, '805ec0dec021.cfg');
  expect((await from(address, '805ec0000001.cfg')).headers['retry-after']).toBe('7200');
});
