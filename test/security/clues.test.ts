import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RequestRecord } from '../../src/api/contract.ts';
import { createLog } from '../../src/main/log.ts';
import { addPhone, fetchOwn, journal, logOf, sendRaw, statusOf, type KnownPhone } from '../kit/attack.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';
import { fetchTftp } from '../kit/tftp-client.ts';

let offhook: TestProduct;
/** The operator's log as it is written in production: one structured line per event. */
const written: string[] = [];
beforeAll(async () => {
  offhook = await startTestProduct({ log: createLog('info', { write: (text) => void written.push(text) }) });
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
});
afterAll(() => offhook.close());

const FULL_WIDTH = 'ＡＡ００１０';

test('E10 seven spellings of a MAC are one phone at every door, and full-width digits are nobody', async () => {
  const phone = await addPhone(offhook, 'acme', 'yealink', 'aa0010');
  const spellings = [
    '80:5e:c0:aa:00:10',
    '80-5e-c0-aa-00-10',
    '805e.c0aa.0010',
    '805EC0AA0010',
    '805ec0aa0010',
    '80%205e%20c0%20aa%2000%2010',
    '80%3A5e%3Ac0%3Aaa%3A00%3A10',
  ];
  const door = offhook.door('secure');
  for (const spelling of spellings) {
    const answer = await ask(`${door}/p/${phone.token}/${spelling}.cfg`);
    expect(answer.text).toContain(phone.sipPassword);
    const [latest] = await journal(offhook);
    expect(latest?.mac).toBe(phone.mac);
    const seen = await offhook.api('GET', `/tenants/acme/phones/${spelling}`);
    expect(seen.json).toMatchObject({ name: phone.mac });
  }
  const fullWidth = encodeURIComponent(`805ec0${FULL_WIDTH}`);
  expect((await ask(`${door}/p/${phone.token}/${fullWidth}.cfg`)).status).toBe(404);
  const raw = `GET /p/${phone.token}/805ec0${FULL_WIDTH}.cfg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
  expect(statusOf(await sendRaw(door, raw))).toBe(400);
  const overTftp = await fetchTftp({ port: offhook.port('tftp') }, `805ec0${FULL_WIDTH}.cfg`);
  expect(overTftp.error).toBe(1);
  // Written by each spelling it is still one record, and the last spelling makes none.
  for (const spelling of spellings)
    await offhook.must('PUT', `/tenants/acme/phones/${spelling}`, { vendor: 'yealink', model: 'T46U' });
  const made = await offhook.api('PUT', `/tenants/acme/phones/${fullWidth}`, { vendor: 'yealink', model: 'T46U' });
  expect(made.status).toBe(422);
  const list = (await offhook.must('GET', '/tenants/acme/phones')) as { readonly items: readonly { name: string }[] };
  expect(list.items.map(({ name }) => name)).toEqual([phone.mac]);
});

const isConflict = (record: RequestRecord): boolean => record.event === 'identity_conflict';

async function asks(phone: KnownPhone, userAgent: string): Promise<number> {
  return (await fetchOwn(offhook, phone, { headers: { 'user-agent': userAgent } })).status;
}

test('E11 a User-Agent that names another MAC than the file is refused and alarmed', async () => {
  const phones = [
    await addPhone(offhook, 'acme', 'yealink', 'aa0011'),
    await addPhone(offhook, 'acme', 'snom', 'aa0011'),
    await addPhone(offhook, 'acme', 'polycom', 'aa0011'),
  ] as const;
  const agents = [
    (mac: string) => `Yealink SIP-T46U 108.86.0.20 ${mac.match(/../g)?.join(':') ?? ''}`,
    (mac: string) => `Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 2010.12 ${mac.toUpperCase()} SXM:0 UXM:0)`,
    (mac: string) => `FileTransport PolycomVVX-VVX_411-UA/6.4.0.1000 (SN:${mac}) Type/Application`,
  ] as const;
  for (const [index, phone] of phones.entries()) {
    const agent = agents[index] ?? String;
    expect(await asks(phone, agent(phone.mac))).toBe(200);
    expect((await logOf(offhook, phone)).filter(isConflict)).toEqual([]);
    expect(await asks(phone, agent(phone.mac.replace('aa0011', 'aa0012')))).toBe(404);
    const [alarm] = await logOf(offhook, phone);
    expect(alarm).toMatchObject({ event: 'identity_conflict', outcome: 'not_found', bytes: 10 });
  }
});

test('E11 a serial of twelve hexadecimal digits and the shifted MAC of a second port only look like another MAC', async () => {
  const phone = await addPhone(offhook, 'acme', 'cisco-spa', 'aa0012');
  expect(await asks(phone, 'Linksys/SPA-942-6.1.5(a) (88019FA42805)')).toBe(200);
  // An ATA asks for its second port with the first octet dropped and 01 behind.
  const second = `ATA${phone.mac.slice(2).toUpperCase()}01.cnf.xml`;
  const answer = await ask(`${offhook.door('spa')}/p/${phone.token}/${second}`, {
    headers: { 'user-agent': `Cisco/SPA122-1.4.1 (${phone.mac.toUpperCase()})(CCQ00000001)` },
  });
  expect(answer.status).toBe(404);
  const records = await logOf(offhook, phone);
  expect(records.map((record) => record.outcome)).toEqual(['not_found', 'file']);
  expect(records.filter((record) => record.event !== undefined)).toEqual([]);
});

// What a terminal obeys, and what ends a line: nothing of it may stand in a log or journal as it came.
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

test('E12 a User-Agent of 64 KB or with control characters breaks no line of log or journal', async () => {
  const phone = await addPhone(offhook, 'acme', 'snom', 'aa0013');
  const door = offhook.door('secure');
  const get = (agent: string | Buffer): Buffer =>
    Buffer.concat([
      Buffer.from(`GET /p/${phone.token}/${phone.file} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nUser-Agent: `),
      Buffer.from(agent),
      Buffer.from('\r\n\r\n'),
    ]);
  const snom = 'Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 2010.12 SXM:0 UXM:0)';
  expect(statusOf(await sendRaw(door, get(`${snom} ${'x'.repeat(65_536)}`)))).toBe(431);
  expect(statusOf(await sendRaw(door, get(`${snom} \0 nul`)))).toBe(400);
  expect(statusOf(await sendRaw(door, get(`${snom} \x1b[2J\x1b]0;owned\x07`)))).toBe(400);
  expect(statusOf(await sendRaw(door, get(`${snom} \r forged line`)))).toBe(400);
  // A line break ends the header, so what follows is a header of its own and never part of the log.
  expect(statusOf(await sendRaw(door, get(`${snom}\r\nX-Forged: {"event":"door_opened"}`)))).toBe(200);
  expect(statusOf(await sendRaw(door, get(`${snom}\r\n folded line`)))).toBe(400);
  // Eight-bit escapes (CSI is 0x9b) and markup are legal bytes of a header: served, and shown as text.
  expect(
    statusOf(await sendRaw(door, get(Buffer.from(`${snom} \x9b2J\x85 <script>alert(1)</script>`, 'latin1')))),
  ).toBe(200);
  const records = await journal(offhook);
  for (const record of records)
    expect(
      Object.values(record)
        .flat()
        .map(String)
        .filter((text) => OBEYED.test(text)),
    ).toEqual([]);
  expect(JSON.stringify(records[0]?.evidence)).toContain('<script>alert(1)</script>');
  expect(JSON.stringify(records)).not.toContain('forged line');
  expect(written.length).toBeGreaterThanOrEqual(4);
  for (const line of written) {
    expect(line.endsWith('\n')).toBe(true);
    expect(line.slice(0, -1)).not.toMatch(OBEYED);
    expect(() => JSON.parse(line) as unknown).not.toThrow();
    expect(line).not.toMatch(/owned|forged|door_opened|nul"/);
  }
  expect(statusOf(await sendRaw(door, get(snom)))).toBe(200);
});

test('the number in the name of a model’s file is no MAC, so that it contradicts nobody', async () => {
  const phone = await addPhone(offhook, 'acme', 'yealink', 'aa0077');
  const userAgent = `Yealink SIP-T46U 108.86.0.20 ${phone.mac.replace(/..(?=.)/g, '$&:')}`;
  const file = `${offhook.door('secure')}/p/${phone.token}/y000000000108.cfg`;
  expect((await ask(file, { headers: { 'user-agent': userAgent } })).status).toBe(200);
  expect((await logOf(offhook, phone)).some(isConflict)).toBe(false);
});
