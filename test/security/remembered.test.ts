import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPhone, fetchOwn, type KnownPhone } from '../kit/attack.ts';
import { startTestProduct, type TestProduct } from '../kit/product.ts';

// What is remembered of a phone must not outlive the change that ends it: each of these fetches twice before, so that
// nothing of it has to be read any more.
let offhook: TestProduct;
beforeAll(async () => {
  offhook = await startTestProduct();
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
});
afterAll(() => offhook.close());

let suffix = 0xab0001;
async function warmPhone(): Promise<KnownPhone> {
  const phone = await addPhone(offhook, 'acme', 'yealink', (suffix++).toString(16));
  for (let turn = 0; turn < 3; turn++) expect((await fetchOwn(offhook, phone)).status).toBe(200);
  await offhook.product.settle();
  expect((await fetchOwn(offhook, phone)).status).toBe(200);
  return phone;
}
const pathOf = ({ mac }: KnownPhone): string => `/tenants/acme/phones/${mac}`;

test('a phone that was removed is refused with its next request', async () => {
  const phone = await warmPhone();
  await offhook.must('DELETE', pathOf(phone));
  expect((await fetchOwn(offhook, phone)).status).toBe(404);
});

test('a phone that was blocked is refused with its next request, and served again with the one after it was freed', async () => {
  const phone = await warmPhone();
  await offhook.must('PATCH', pathOf(phone), { blocked: true });
  expect((await fetchOwn(offhook, phone)).status).toBe(404);
  await offhook.must('PATCH', pathOf(phone), { blocked: false });
  expect((await fetchOwn(offhook, phone)).status).toBe(200);
});

test('a token that was replaced opens nothing any more', async () => {
  const phone = await warmPhone();
  await offhook.must('POST', `${pathOf(phone)}/rotate`, { which: ['token'] });
  expect((await fetchOwn(offhook, phone)).status).toBe(404);
});

test('a change of the phone, of its tenant and of the platform is in the next file', async () => {
  const phone = await warmPhone();
  const nextFile = async (): Promise<string> => (await fetchOwn(offhook, phone)).text;
  await offhook.must('PATCH', '/platform', { settings: { 'ui.language': { value: 'de' } } });
  const ofPlatform = await nextFile();
  await offhook.must('PATCH', '/tenants/acme', { settings: { 'ui.language': { value: 'fr' } } });
  const ofTenant = await nextFile();
  await offhook.must('PATCH', pathOf(phone), { settings: { 'ui.language': { value: 'es' } } });
  const ofPhone = await nextFile();
  expect(new Set([ofPlatform, ofTenant, ofPhone]).size).toBe(3);
});
