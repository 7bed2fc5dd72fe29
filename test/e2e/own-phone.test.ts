import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchOwn, openOffice, read, type Office } from '../kit/office.ts';
import { ask, startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';

let offhook: TestProduct;
let office: Office;
beforeAll(async () => {
  offhook = await startTestProduct();
  office = await openOffice(offhook, 'acme', { settings: { 'ui.ringtone': { value: 1, access: 'write' } } });
  await offhook.must('PUT', '/tenants/acme/people/alice', {});
  await offhook.must('PATCH', `/tenants/acme/phones/${office.macs.yealink}`, { person: 'alice' });
  await offhook.must('PUT', '/users/alice', {
    role: 'user',
    tenant: 'acme',
    person: 'alice',
    password: 'her-password',
  });
});
afterAll(() => offhook.close());

interface Line {
  readonly text: string;
  readonly setting?: string;
  readonly layer?: string;
  readonly by?: string;
}

test('what a person changes on her phone makes it outdated, names her in explain, and is what the phone fetches next', async () => {
  const mac = office.macs.yealink;
  const session = await offhook.must('POST', '/sessions', { name: 'alice', password: 'her-password' });
  const as = (method: string, body?: unknown): Promise<Answer> =>
    ask(`${offhook.door('admin')}/api/v1/me/phones/${mac}`, {
      method,
      headers: { authorization: `Bearer ${String(session.token)}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const fetched = (): Promise<string | undefined> =>
    fetchOwn(offhook, 'acme', 'yealink', mac).then(({ params }) => params.get('phone_setting.ring_type'));
  const settled = async (): Promise<Answer['json']> => {
    await offhook.product.settle();
    return (await as('GET')).json;
  };
  expect(await settled()).toMatchObject({ state: 'owned' });
  expect(await fetched()).toBe('Ring1.wav');
  const served = await settled();
  expect(served).toMatchObject({ state: 'served', settings: { 'ui.ringtone': { value: 1, access: 'write' } } });
  expect(Date.parse(served.lastSeen.at)).toBeLessThanOrEqual(Date.now());

  const changed = await as('PATCH', { settings: { 'ui.ringtone': 4 } });
  expect(changed.json).toMatchObject({ state: 'outdated', settings: { 'ui.ringtone': { value: 4, own: true } } });
  const { lines } = await read<{ lines: readonly Line[] }>(offhook, `/tenants/acme/phones/${mac}/explain`);
  const ring = lines.filter(({ setting }) => setting === 'ui.ringtone');
  expect(ring).toMatchObject([{ text: expect.stringContaining('Ring4.wav'), layer: 'phone', by: 'alice' }]);
  expect(await fetched()).toBe('Ring4.wav');
  expect(await settled()).toMatchObject({ state: 'served' });
  const { items } = await read<{ items: readonly unknown[] }>(offhook, '/audit?tenant=acme&limit=20');
  expect(items).toContainEqual(expect.objectContaining({ who: 'alice', what: 'phone.changed', object: mac }));
});
