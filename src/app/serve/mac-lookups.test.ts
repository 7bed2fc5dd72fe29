import { expect, test } from 'vitest';
import { id, macNumber } from '../../../test/kit/store-objects.ts';
import type { Directory, PhoneRef } from '../ports.ts';
import { rememberMacs } from './mac-lookups.ts';

const REF: PhoneRef = { tenant: id('acme'), phone: id('phone'), fingerprint: 'a.b.c' };

function asked(changes: () => number | undefined, found: () => PhoneRef | undefined) {
  const macs: string[] = [];
  const nothing = () => Promise.resolve(undefined);
  const directory: Directory = {
    changes,
    byMac: (mac) => {
      macs.push(mac);
      return Promise.resolve(found());
    },
    bySerial: nothing,
    byPhoneToken: nothing,
    byTenantToken: nothing,
  };
  return { macs, directory: rememberMacs(directory) };
}

test('a MAC is looked up once, until something has changed', async () => {
  let changes = 1;
  const { macs, directory } = asked(
    () => changes,
    () => REF,
  );
  for (let n = 0; n < 3; n++) expect(await directory.byMac(macNumber(1))).toBe(REF);
  expect(macs).toHaveLength(1);
  changes = 2;
  expect(await directory.byMac(macNumber(1))).toBe(REF);
  expect(macs).toHaveLength(2);
});

test('what nobody has, and what may change without a word, is asked for each time', async () => {
  const nobody = asked(
    () => 1,
    () => undefined,
  );
  const shared = asked(
    () => undefined,
    () => REF,
  );
  for (const { directory } of [nobody, shared]) for (let n = 0; n < 3; n++) await directory.byMac(macNumber(1));
  expect([nobody.macs.length, shared.macs.length]).toEqual([3, 3]);
});

test('what changed while it was read is not remembered', async () => {
  let changes = 1;
  const { macs, directory } = asked(
    () => changes,
    () => {
      changes += 1;
      return REF;
    },
  );
  for (let n = 0; n < 3; n++) await directory.byMac(macNumber(1));
  expect(macs).toHaveLength(3);
});
