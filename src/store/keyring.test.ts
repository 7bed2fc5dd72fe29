import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WriteResult } from '../app/ports.ts';
import { Secret } from '../domain/secret.ts';
import { id, phoneNumber, tenantNamed } from '../../test/kit/store-objects.ts';
import { openKeyring } from './keyring.ts';
import { rekey } from './rekey.ts';
import { openSqlite } from './sqlite/open.ts';

let directory: string;
let keyFile: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'offhook-keys-'));
  keyFile = join(directory, 'master.key');
  file = join(directory, 'offhook.db');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function assertKept(result: WriteResult<unknown>): void {
  expect(result).toMatchObject({ ok: true });
}

const acme = tenantNamed('acme');
const CANARY = 'canary-password-6f1d';

/** Everything that lies in the data directory but the key file. */
const dataAtRest = (): string =>
  readdirSync(directory)
    .filter((name) => !name.startsWith('master.key'))
    .map((name) => readFileSync(join(directory, name), 'latin1'))
    .join('\n');

test('the key file is made once, for its owner only, and read from then on', async () => {
  const made = await openKeyring(keyFile);
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  const sealed = made.cipher.seal(Buffer.from('x'), 'a');
  const again = await openKeyring(keyFile);
  expect(again.keyIds()).toEqual(made.keyIds());
  expect(again.cipher.open(sealed, 'a').toString()).toBe('x');
  expect(again.crypto.keyedHash('p', 'x')).toBe(made.crypto.keyedHash('p', 'x'));
});

test('a key file that others may read is refused, with what to do', async () => {
  await openKeyring(keyFile);
  chmodSync(keyFile, 0o640);
  await expect(openKeyring(keyFile)).rejects.toThrow(/chmod 600/);
});

test('a broken key file is refused without a word of what is in it', async () => {
  for (const text of ['', '{"hashing":"c2VjcmV0"', '{"hashing":"c2VjcmV0","keys":[]}', '[]']) {
    writeFileSync(keyFile, text, { mode: 0o600 });
    const error: unknown = await openKeyring(keyFile).catch((caught: unknown) => caught);
    expect(String(error)).toMatch(/is no master key file/);
    expect(String(error)).not.toContain('c2VjcmV0');
    expect(readFileSync(keyFile, 'utf8')).toBe(text);
  }
});

test('with another key file the store is refused, and with the right one it opens again', async () => {
  const right = await openKeyring(keyFile);
  await (await openSqlite({ file, ...right })).close();
  const wrong = await openKeyring(join(directory, 'master.key.other'));
  await expect(openSqlite({ file, ...wrong })).rejects.toThrow(/another master key.*put the key file back/);
  await (await openSqlite({ file, ...right })).close();
});

test('no secret lies readable in the data directory: not of a setting, a token or an upload', async () => {
  const store = await openSqlite({ file, ...(await openKeyring(keyFile)) });
  assertKept(await store.platform.tenants.create({ ...acme, token: new Secret(`${CANARY}-tenant`) }));
  const phone = phoneNumber(1, acme, { token: new Secret(CANARY), raw: { 'a.b': { value: new Secret(CANARY) } } });
  assertKept(await store.tenant(acme.id).phones.create(phone));
  await store.tenant(acme.id).uploads.put(id('phone-1'), 'log', Buffer.from(CANARY), new Date(), 3);
  expect(dataAtRest()).toContain('phone-1');
  expect(dataAtRest()).not.toContain(CANARY);
  await store.close();
  expect(dataAtRest()).not.toContain(CANARY);
});

test('a rekey leaves one new key, with which everything is readable and found as before', async () => {
  const keyring = await openKeyring(keyFile);
  const store = await openSqlite({ file, ...keyring });
  const tenant = store.tenant(acme.id);
  assertKept(await store.platform.tenants.create(acme));
  for (let n = 0; n < 450; n++) assertKept(await tenant.phones.create(phoneNumber(n, acme)));
  await tenant.uploads.put(id('phone-1'), 'log', Buffer.from('text'), new Date(), 3);
  const fingerprint = await tenant.phones.fingerprint(id('phone-1'));
  const old = keyring.keyIds();

  expect(await rekey(store, keyring)).toBe(453);
  expect(keyring.keyIds()).toHaveLength(1);
  expect(keyring.keyIds()).not.toEqual(old);
  expect(await tenant.phones.fingerprint(id('phone-1'))).toBe(fingerprint);
  await store.close();

  const later = await openKeyring(keyFile);
  expect(later.keyIds()).toEqual(keyring.keyIds());
  const reopened = await openSqlite({ file, ...later });
  const found = await reopened.directory.byPhoneToken(later.crypto.keyedHash('phone_token', 'phone-token-449'));
  expect(found?.phone).toBe('phone-449');
  const phone = await reopened.tenant(acme.id).phones.byId('phone-449');
  expect(phone?.token.reveal()).toBe('phone-token-449');
  expect(phone?.version).toBe(1);
  expect(await reopened.tenant(acme.id).uploads.read(id('phone-1'), 'log')).toEqual(Buffer.from('text'));
  await reopened.close();
});

test('a rekey that was interrupted loses nothing and is finished by the next', async () => {
  const keyring = await openKeyring(keyFile);
  const store = await openSqlite({ file, ...keyring });
  assertKept(await store.platform.tenants.create(acme));
  await keyring.addKey();
  await store.close();
  const later = await openKeyring(keyFile);
  expect(later.keyIds()).toHaveLength(2);
  const reopened = await openSqlite({ file, ...later });
  expect((await reopened.platform.tenants.byKey('acme'))?.token.reveal()).toBe('tenant-token-acme');
  await rekey(reopened, later);
  expect(later.keyIds()).toHaveLength(1);
  expect((await reopened.platform.tenants.byKey('acme'))?.token.reveal()).toBe('tenant-token-acme');
  await reopened.close();
  expect(existsSync(`${keyFile}.new`)).toBe(false);
});
