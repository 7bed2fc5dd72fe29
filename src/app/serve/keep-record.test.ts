import { expect, test } from 'vitest';
import { id, macNumber } from '../../../test/kit/store-objects.ts';
import { createCrypto } from '../../store/crypto.ts';
import type { Directory, PhoneRef, RequestRecord } from '../ports.ts';
import { recognise } from './identify.ts';
import { keepRecords } from './keep-record.ts';
import type { PhoneRequest } from './outcome.ts';

const REF: PhoneRef = { tenant: id('acme'), phone: id('phone'), fingerprint: 'a.b.c' };
const REQUEST: PhoneRequest = {
  door: 'legacy',
  secure: false,
  address: '192.0.2.7',
  method: 'GET',
  prefix: { kind: 'none' },
  file: `${macNumber(1)}.cfg`,
  target: `/${macNumber(1)}.cfg`,
  host: 'prov.example.com',
  requestId: 'request-1',
  at: new Date(0),
};
const SENT = { completed: true, bytes: 13, milliseconds: 1 };

/** What is kept of `requests` challenges that are answered at the same time. */
async function challenged(byMac: Directory['byMac'], requests = 1): Promise<readonly RequestRecord[]> {
  const records: RequestRecord[] = [];
  const work: Promise<void>[] = [];
  const nothing = () => Promise.resolve(undefined);
  const keep = keepRecords({
    crypto: createCrypto(Buffer.alloc(32)),
    directory: { changes: () => 1, byMac, bySerial: nothing, byPhoneToken: nothing, byTenantToken: nothing },
    records: { add: (record) => void records.push(record) },
    goesOn: (one) => void work.push(one),
  });
  for (let n = 0; n < requests; n++) keep(REQUEST, 'challenge', { recognised: recognise(REQUEST) }, SENT);
  await Promise.all(work);
  return records;
}

test('who was asked for credentials and was not looked up for that stands in the journal with phone and tenant', async () => {
  expect(await challenged(() => Promise.resolve(REF))).toMatchObject([
    { mac: macNumber(1), phone: 'phone', tenant: 'acme', outcome: 'challenge' },
  ]);
});

test('a store that cannot be read costs the journal the phone, not the record', async () => {
  const [record] = await challenged(() => Promise.reject(new Error('gone')));
  expect(record).toMatchObject({ mac: macNumber(1), outcome: 'challenge' });
  expect(record?.phone).toBeUndefined();
});

test('strangers who ask faster than the store can say whom they name do not pile up there', async () => {
  let asked = 0;
  const slow = async (): Promise<PhoneRef> => {
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return REF;
  };
  expect(await challenged(slow, 1_000)).toHaveLength(1_000);
  expect(asked).toBe(200);
});
