import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPhone, fetchOwn, sendRaw, type KnownPhone } from '../kit/attack.ts';
import { metricsOf, type Sample } from '../kit/metrics.ts';
import { scan } from '../kit/scanner.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';
import { fetchTftp, RawClient } from '../kit/tftp-client.ts';

let offhook: TestProduct;
let phone: KnownPhone;
beforeAll(async () => {
  offhook = await startTestProduct({
    environment: { OFFHOOK_METRICS_OPEN: 'true', OFFHOOK_METRICS_PORT: '0', OFFHOOK_DOORS_LEGACY_OPEN: 'true' },
  });
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
  phone = await addPhone(offhook, 'acme', 'yealink', 'aa0701');
});
afterAll(() => offhook.close());

const read = (name: string, labels: Sample['labels'] = {}): Promise<number> => metricsOf(offhook, name, labels);

test('a request is counted by door, maker and outcome, with its time and bytes', async () => {
  // The first time it is noted what the phone was given, and the file is written again with that.
  const rendered = await read('offhook_render_duration_seconds_count');
  for (let times = 0; times < 2; times += 1) await fetchOwn(offhook, phone);
  await offhook.product.settle();
  expect(await read('offhook_render_duration_seconds_count')).toBeGreaterThan(rendered);
  const about = { door: 'secure', vendor: 'yealink', outcome: 'file' };
  const [requests, sent, durations, renders] = [
    await read('offhook_requests_total', about),
    await read('offhook_sent_bytes_total', { door: 'secure' }),
    await read('offhook_request_duration_seconds_count', { door: 'secure' }),
    await read('offhook_render_duration_seconds_count'),
  ];
  const { bytes } = await fetchOwn(offhook, phone);
  await fetchOwn(offhook, phone, { headers: { 'if-none-match': '*' } });
  await offhook.product.settle();
  expect(await read('offhook_requests_total', about)).toBe(requests + 1);
  expect(await read('offhook_requests_total', { ...about, outcome: 'not_modified' })).toBe(1);
  expect(await read('offhook_sent_bytes_total', { door: 'secure' })).toBe(sent + bytes.length);
  expect(await read('offhook_request_duration_seconds_count', { door: 'secure' })).toBe(durations + 2);
  expect(await read('offhook_render_duration_seconds_count')).toBe(renders);
});

test('the fleet is counted by state, and no phone has a number of its own', async () => {
  // Asked for once in fifteen seconds, so by a product that nobody has asked yet.
  const fresh = await startTestProduct();
  try {
    await fresh.must('PUT', '/tenants/acme', { title: 'Acme' });
    const one = await addPhone(fresh, 'acme', 'yealink', 'aa0711');
    await addPhone(fresh, 'acme', 'snom', 'aa0712');
    await fetchOwn(fresh, one);
    await fresh.product.settle();
    expect(await metricsOf(fresh, 'offhook_phones', { state: 'owned' })).toBe(1);
    expect(await metricsOf(fresh, 'offhook_phones', { state: 'served' })).toBe(1);
    expect(await metricsOf(fresh, 'offhook_phones', { state: 'outdated' })).toBe(0);
    expect(await metricsOf(fresh, 'offhook_tenants')).toBe(1);
    const { text } = await ask(`${fresh.door('admin')}/metrics`, { headers: fresh.bearer });
    expect(text).not.toContain(one.mac);
    expect(text).not.toContain('acme');
  } finally {
    await fresh.close();
  }
});

test('a ban is counted, and so are the sources that are banned', async () => {
  await offhook.must('POST', '/bans', { address: '192.0.2.77', minutes: 5 });
  expect(await read('offhook_banned_sources')).toBe(1);
  expect(await read('offhook_guard_total', { what: 'ban' })).toBeGreaterThan(0);
});

test('a decoy that is touched is counted, and so is a sweep, once, and each is a flagged request', async () => {
  // Asked for by addresses of their own: the product's other tests miss from the one that is never banned.
  const product = await startTestProduct({ environment: { OFFHOOK_GUARD_SWEEPMACS: '20' } });
  const counted = async (): Promise<readonly number[]> => [
    await metricsOf(product, 'offhook_guard_total', { what: 'decoy_touched' }),
    await metricsOf(product, 'offhook_flagged_requests_total', { event: 'decoy_touched' }),
    await metricsOf(product, 'offhook_guard_total', { what: 'sweep' }),
    await metricsOf(product, 'offhook_flagged_requests_total', { event: 'sweep' }),
    await metricsOf(product, 'offhook_banned_sources'),
  ];
  const macs = (from: number, count: number): readonly string[] =>
    Array.from({ length: count }, (_, n) => `805ec00f${(from + n).toString(16).padStart(4, '0')}.cfg`);
  try {
    expect(await counted()).toEqual([0, 0, 0, 0, 0]);
    await product.must('POST', '/decoys', { mac: '805ec0dec0de' });
    await scan(product.door('bootstrap'), '127.0.0.8', ['805ec0dec0de.cfg']);
    await expect.poll(counted).toEqual([1, 1, 0, 0, 1]);
    await scan(product.door('bootstrap'), '127.0.0.9', macs(0, 19));
    await product.product.settle();
    expect(await counted()).toEqual([1, 1, 0, 0, 1]);
    await scan(product.door('bootstrap'), '127.0.0.9', macs(19, 10));
    await expect.poll(counted).toEqual([1, 1, 1, 1, 2]);
  } finally {
    await product.close();
  }
});

test('nothing that a stranger sends becomes a label', async () => {
  const seriesOf = async (): Promise<number> =>
    (await ask(`${offhook.door('admin')}/metrics`, { headers: offhook.bearer })).text
      .split('\n')
      .filter((line) => line.startsWith('offhook_')).length;
  const storm = async (from: number): Promise<void> => {
    for (let n = from; n < from + 20; n += 1) {
      const word = `zebra${String(n)}`;
      for (const door of ['secure', 'bootstrap'] as const) {
        await ask(`${offhook.door(door)}/${word}.cfg`, {
          headers: { 'user-agent': `${word} T46U 1.2.3`, host: `${word}.example.com` },
        });
        await ask(`${offhook.door(door)}/${word}.cfg`, { method: 'PROPFIND' });
      }
      await ask(`${offhook.door('admin')}/api/v1/${word}`, { method: 'PROPFIND' });
      await ask(`${offhook.door('admin')}/${word}`);
      await fetchTftp({ port: offhook.port('tftp') }, word);
    }
    await offhook.product.settle();
  };
  await storm(0);
  const before = await seriesOf();
  await storm(100);
  expect(await seriesOf()).toBe(before);
  expect((await ask(`${offhook.door('admin')}/metrics`, { headers: offhook.bearer })).text).not.toContain('zebra');
});

test('a handshake that fails is counted by what was wrong with it', async () => {
  const about = { door: 'secure', reason: 'not_tls' };
  expect(await read('offhook_tls_failures_total', about)).toBe(0);
  const plain = offhook.door('secure').replace('https:', 'http:');
  await sendRaw(plain, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n').catch(() => '');
  await expect.poll(() => read('offhook_tls_failures_total', about)).toBe(1);
});

test('doors, transfers, store, journal, certificates, log lines and the API have their numbers', async () => {
  for (const door of ['secure', 'spa', 'bootstrap', 'legacy', 'tftp'])
    expect(await read('offhook_door_open', { door })).toBe(1);
  const client = await RawClient.open({ port: offhook.port('tftp') });
  client.ask('spa942.cfg');
  await client.next();
  expect(await read('offhook_tftp_transfers')).toBe(1);
  client.close();
  expect(await read('offhook_store_size_bytes')).toBeGreaterThan(100_000);
  expect(await read('offhook_store_duration_seconds_count', { operation: 'read' })).toBeGreaterThan(0);
  expect(await read('offhook_store_duration_seconds_count', { operation: 'write' })).toBeGreaterThan(0);
  expect(await read('offhook_store_failures_total', { operation: 'read' })).toBe(0);
  expect(await read('offhook_journal_dropped_total')).toBe(0);
  const ends = await read('offhook_certificate_expiry_timestamp_seconds', { certificate: 'secure/127.0.0.1/ec/own' });
  expect(ends).toBeGreaterThan(Date.now() / 1000 + 700 * 86_400);
  expect(await read('offhook_events_total', { event: 'serve_failed' })).toBe(0);
  expect(await read('offhook_events_total', { event: 'door_refused' })).toBeGreaterThan(0);
  const before = await read('offhook_api_requests_total', { method: 'GET', status: '404' });
  await offhook.api('GET', '/tenants/nobody');
  expect(await read('offhook_api_requests_total', { method: 'GET', status: '404' })).toBe(before + 1);
  expect(await read('offhook_ready')).toBe(1);
  expect(await read('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
  expect(await read('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
});

test('on the admin door the metrics are for the operator; the listener of their own asks nobody', async () => {
  const { text: secret, status } = await ask(`${offhook.door('admin')}/metrics`);
  expect(status).toBe(401);
  expect(secret).not.toContain('offhook_');
  await offhook.must('PUT', '/users/adam', { role: 'admin', tenant: 'acme', password: 'a long password 1' });
  const login = await ask(`${offhook.door('admin')}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'adam', password: 'a long password 1' }),
  });
  const tenants = await ask(`${offhook.door('admin')}/metrics`, {
    headers: { authorization: `Bearer ${String(login.json.token)}` },
  });
  expect(tenants.status).toBe(403);
  const own = await ask(`${offhook.door('metrics')}/metrics`);
  expect(own.status).toBe(200);
  expect(own.headers['content-type']).toContain('version=0.0.4');
  expect(own.text).toContain('offhook_requests_total{');
  expect((await ask(`${offhook.door('metrics')}/api/v1/tenants`)).status).toBe(404);
  expect((await ask(`${offhook.door('metrics')}/metrics`, { method: 'DELETE' })).status).toBe(404);
  expect((await ask(`${offhook.door('metrics')}/metrics`, { method: 'POST', body: 'x' })).status).toBe(413);
});
