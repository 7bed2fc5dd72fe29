import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { addPhone, fetchOwn } from '../kit/attack.ts';
import { ask, startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';
import { RawClient } from '../kit/tftp-client.ts';

let offhook: TestProduct | undefined;
afterEach(() => offhook?.close().catch(() => undefined));

/** An upload whose body comes when the test says so. */
function slowUpload(url: string): { readonly finish: () => void; readonly answer: Promise<number> } {
  const { hostname, port, pathname } = new URL(url);
  const sent = request({
    method: 'PUT',
    hostname,
    port,
    path: pathname,
    headers: { 'content-length': 4 },
    agent: false,
  });
  const answer = new Promise<number>((resolve, reject) => {
    sent.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
  });
  sent.write('ab');
  return { finish: () => void sent.end('cd'), answer };
}

test('while it ends a process is unready, answers what it has begun, and keeps the record of it', async () => {
  offhook = await startTestProduct();
  const { door, bearer } = offhook;
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
  const phone = await addPhone(offhook, 'acme', 'yealink', 'aa0801');
  await fetchOwn(offhook, phone);

  const upload = slowUpload(`${door('bootstrap')}/log.txt`);
  const tftp = await RawClient.open({ port: offhook.port('tftp') });
  tftp.ask('spa942.cfg');
  const first = await tftp.next();
  // Both are under way: the server has answered the one, and has the beginning of the other.
  await expect.poll(async () => (await ask(`${door('admin')}/health`)).status).toBe(200);

  const ready = (): Promise<Answer> => ask(`${door('admin')}/ready`, { headers: bearer });
  expect((await ready()).status).toBe(200);
  const closed = offhook.product.close();
  expect((await ready()).json).toEqual({ status: 'not ready', reasons: ['it is shutting down'] });
  await expect(ask(`${door('bootstrap')}/ca.pem`)).rejects.toThrow(/ECONNREFUSED/);
  upload.finish();
  expect(await upload.answer).toBe(404);
  for (let block = first; block?.packet.kind === 'data'; block = await tftp.next()) {
    tftp.reply(block, Buffer.from([0, 4, 0, block.packet.block]));
    if (block.packet.data.length < 512) break;
  }
  await closed;
  tftp.close();

  const again = await startTestProduct({ dataDir: offhook.dataDir });
  try {
    const records = await again.product.store.journal.list({ limit: 100 });
    expect(records.find(({ file }) => file === 'log.txt')).toMatchObject({ method: 'PUT', completed: true });
    expect(records.find(({ file }) => file === 'spa942.cfg')).toMatchObject({ door: 'tftp', completed: true });
  } finally {
    await again.close();
  }
});
