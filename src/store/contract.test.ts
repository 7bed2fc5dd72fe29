import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TOKEN_PURPOSE, type Store, type TenantStore, type WriteResult } from '../app/ports.ts';
import { without } from '../domain/fields.ts';
import type { FirmwareImage, PhoneState } from '../domain/phone.ts';
import { Secret } from '../domain/secret.ts';
import { hasPostgres, startPostgres, type TestPostgres } from '../../test/kit/postgres.ts';
import {
  accessTokenOf,
  extensionNumber,
  firmwareNamed,
  groupNamed,
  id,
  linesOf,
  macNumber,
  mappingFrom,
  personNamed,
  phoneNumber,
  profileNamed,
  requestNumber,
  templateNamed,
  tenantNamed,
  userNamed,
  withExtensions,
} from '../../test/kit/store-objects.ts';
import { createCipher } from './cipher.ts';
import { createCrypto } from './crypto.ts';
import { memoryStore } from './memory/memory-store.ts';
import { openPostgres } from './postgres/open.ts';
import { openSqlite } from './sqlite/open.ts';

const crypto = createCrypto(new Uint8Array(32));
const cipher = createCipher(() => [{ id: 'test', key: new Uint8Array(32) }]);

const acme = tenantNamed('acme');
const rival = tenantNamed('rival');

/** The object that was written; a conflict fails the test. */
function kept<T>(result: WriteResult<T>): T & { readonly version: number } {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

const served: PhoneState = { given: [], served: { 'a.cfg': { hash: 'h', at: '2026-03-01T00:00:00.000Z' } } };

/** What every store must do, whatever it keeps its data in. */
function describeStore(open: () => Promise<Store>): void {
  let store: Store;
  let ours: TenantStore;
  let theirs: TenantStore;

  beforeEach(async () => {
    store = await open();
    kept(await store.platform.tenants.create(acme));
    kept(await store.platform.tenants.create(rival));
    ours = store.tenant(acme.id);
    theirs = store.tenant(rival.id);
  });
  afterEach(() => store.close());

  describe('objects', () => {
    test('an object that was created is found by id and by natural key, with version 1', async () => {
      const group = groupNamed('sales');
      expect(await ours.groups.create(group)).toEqual({ ok: true, value: { ...group, version: 1 } });
      expect(await ours.groups.byId(group.id)).toEqual({ ...group, version: 1 });
      expect(await ours.groups.byKey('sales')).toEqual({ ...group, version: 1 });
      expect(await ours.groups.byKey('Sales')).toBeUndefined();
      expect(await ours.groups.byId('nobody')).toBeUndefined();
    });

    test('replacing counts the version up and takes what is not there any more away', async () => {
      kept(await ours.groups.create(groupNamed('sales')));
      const person = { ...personNamed('ada'), email: 'ada@example.com', groups: [groupNamed('sales').id] };
      kept(await ours.people.create(person));
      const second = kept(await ours.people.replace(personNamed('ada')));
      expect(second.version).toBe(2);
      expect(await ours.people.byKey('ada')).toEqual({ ...personNamed('ada'), version: 2 });
    });

    test('what was read can be written again: its version is not part of it', async () => {
      const created = kept(await ours.groups.create(groupNamed('sales')));
      const again = kept(await ours.groups.replace({ ...created, title: 'Sales' }, created.version));
      expect(again).toEqual({ ...groupNamed('sales'), title: 'Sales', version: 2 });
    });

    test('replacing a version that is not the present one is stale and changes nothing', async () => {
      kept(await ours.groups.create(groupNamed('sales')));
      kept(await ours.groups.replace(groupNamed('sales', { title: 'second' }), 1));
      expect(await ours.groups.replace(groupNamed('sales', { title: 'third' }), 1)).toEqual({
        ok: false,
        error: { kind: 'stale', version: 2 },
      });
      expect((await ours.groups.byKey('sales'))?.title).toBe('second');
    });

    test('replacing what is gone is stale with version 0', async () => {
      const gone = await ours.groups.replace(groupNamed('nobody'));
      expect(gone).toEqual({ ok: false, error: { kind: 'stale', version: 0 } });
    });

    test('of writers who all saw the same version exactly one wins', async () => {
      kept(await ours.groups.create(groupNamed('sales')));
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, n) => ours.groups.replace(groupNamed('sales', { title: String(n) }), 1)),
      );
      expect(results.filter((result) => result.ok)).toHaveLength(1);
      expect((await ours.groups.byKey('sales'))?.version).toBe(2);
    });

    test('a taken id or natural key is refused by its name', async () => {
      kept(await ours.extensions.create(extensionNumber('100')));
      expect(await ours.extensions.create(extensionNumber('100'))).toMatchObject({
        ok: false,
        error: { kind: 'taken' },
      });
      expect(await ours.extensions.create(extensionNumber('100', { id: id('other') }))).toEqual({
        ok: false,
        error: { kind: 'taken', field: 'number', value: '100' },
      });
      expect(await ours.extensions.create(extensionNumber('101', { id: extensionNumber('100').id }))).toEqual({
        ok: false,
        error: { kind: 'taken', field: 'id', value: extensionNumber('100').id },
      });
    });

    test('renaming to a taken key is refused, renaming to a free one frees the old', async () => {
      kept(await ours.groups.create(groupNamed('a')));
      kept(await ours.groups.create(groupNamed('b')));
      expect(await ours.groups.replace({ ...groupNamed('a'), name: 'b' })).toEqual({
        ok: false,
        error: { kind: 'taken', field: 'name', value: 'b' },
      });
      kept(await ours.groups.replace({ ...groupNamed('a'), name: 'c' }));
      expect(await ours.groups.byKey('a')).toBeUndefined();
      kept(await ours.groups.create({ ...groupNamed('a'), id: id('new-a') }));
    });

    test('lists go by the bytes of the natural key, page after page without gap or repetition', async () => {
      const names = ['b', 'a', 'Z', 'ä', 'a b', 'a-b', '10', '9', '\u{1F600}', '\uFF5E'];
      for (const name of names) kept(await ours.people.create(personNamed(name)));
      const inOrder = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      const seen: string[] = [];
      for (;;) {
        const after = seen.at(-1);
        const page = await ours.people.list({ limit: 3, ...(after === undefined ? {} : { after }) });
        seen.push(...page.map((person) => person.name));
        if (page.length < 3) break;
      }
      expect(seen).toEqual(inOrder);
      expect(await ours.people.count()).toBe(names.length);
    });

    test('removing takes an object away for good, and removing it again is no error', async () => {
      kept(await ours.groups.create(groupNamed('sales')));
      expect(await ours.groups.remove(groupNamed('sales').id)).toEqual({ ok: true });
      expect(await ours.groups.byKey('sales')).toBeUndefined();
      expect(await ours.groups.count()).toBe(0);
      expect(await ours.groups.remove(groupNamed('sales').id)).toEqual({ ok: true });
      kept(await ours.groups.create(groupNamed('sales')));
    });

    test('secrets come back as secrets, wherever they stand', async () => {
      const phone = phoneNumber(1, acme, {
        settings: { 'provisioning.password': { value: new Secret('s3cret "\n\u0000') } },
        raw: { 'account.1.x': { value: new Secret('raw') }, $secret: { value: '{"k":"test"}' } },
      });
      kept(await ours.phones.create(phone));
      const read = await ours.phones.byId(phone.id);
      expect(read?.token.reveal()).toBe('phone-token-1');
      const entry = read?.settings['provisioning.password'];
      expect(entry && 'value' in entry && entry.value instanceof Secret && entry.value.reveal()).toBe(
        's3cret "\n\u0000',
      );
      const raw = read?.raw['account.1.x']?.value;
      expect(raw instanceof Secret && raw.reveal()).toBe('raw');
      expect(read?.raw['$secret']).toEqual({ value: '{"k":"test"}' });
    });

    test('an object that names what is not there is our bug, and nothing of it is kept', async () => {
      const phone = phoneNumber(1, acme, withExtensions(extensionNumber('404')));
      await expect(ours.phones.create(phone)).rejects.toThrow(/phone 805ec0000001 names/);
      expect(await ours.phones.count()).toBe(0);
      await expect(ours.phones.create(phoneNumber(2, acme, { template: id('nothing') }))).rejects.toThrow(/names/);
    });

    test('two writers of the same new key: one creates it, the other is told that it is taken', async () => {
      const results = await Promise.all(
        Array.from({ length: 6 }, (_, n) => ours.groups.create({ ...groupNamed('sales'), id: id(`g${n}`) })),
      );
      expect(results.filter((result) => result.ok)).toHaveLength(1);
      for (const result of results) {
        if (!result.ok) expect(result.error).toEqual({ kind: 'taken', field: 'name', value: 'sales' });
      }
    });
  });

  describe('what is unique', () => {
    test('a MAC is one phone in the whole system, across tenants', async () => {
      kept(await ours.phones.create(phoneNumber(1, acme)));
      const stolen = phoneNumber(2, rival, { mac: macNumber(1) });
      const refusal = { ok: false, error: { kind: 'taken', field: 'mac', value: macNumber(1) } };
      expect(await theirs.phones.create(stolen)).toEqual(refusal);
      kept(await theirs.phones.create(phoneNumber(2, rival)));
      expect(await theirs.phones.replace(stolen)).toEqual(refusal);
      expect(await store.directory.byMac(macNumber(1))).toMatchObject({ tenant: acme.id, phone: 'phone-1' });
    });

    test('a serial number is unique among the phones of its vendor', async () => {
      kept(await ours.phones.create(phoneNumber(1, acme, { serial: 'S1' })));
      expect(await theirs.phones.create(phoneNumber(2, rival, { serial: 'S1' }))).toEqual({
        ok: false,
        error: { kind: 'taken', field: 'serial', value: 'S1' },
      });
      kept(await theirs.phones.create(phoneNumber(2, rival, { serial: 'S1', vendor: id('other') })));
      expect(await store.directory.bySerial(id('example'), 'S1')).toMatchObject({ phone: 'phone-1' });
      expect(await store.directory.bySerial(id('other'), 'S1')).toMatchObject({ phone: 'phone-2' });
      expect(await store.directory.bySerial(id('third'), 'S1')).toBeUndefined();
    });

    test('phones without a MAC or serial number do not take them from each other', async () => {
      for (const n of [1, 2]) {
        const { mac, ...phone } = phoneNumber(n, acme);
        kept(await ours.phones.create({ ...phone, name: `soft-${mac}` }));
      }
      expect(await ours.phones.count()).toBe(2);
    });

    test('a URL token is one phone; a conflict does not show it', async () => {
      kept(await ours.phones.create(phoneNumber(1, acme)));
      expect(await ours.phones.create(phoneNumber(2, acme, { token: new Secret('phone-token-1') }))).toEqual({
        ok: false,
        error: { kind: 'taken', field: 'token', value: '***' },
      });
    });

    test('names are unique within a tenant, and global ones beside them', async () => {
      kept(await ours.templates.create(templateNamed('desk', { id: id('t1'), tenant: acme.id })));
      kept(await theirs.templates.create(templateNamed('desk', { id: id('t2'), tenant: rival.id })));
      kept(await store.platform.templates.create(templateNamed('desk', { id: id('t3') })));
      const taken = { ok: false, error: { kind: 'taken', field: 'name', value: 'desk' } };
      expect(await ours.templates.create(templateNamed('desk', { id: id('t4'), tenant: acme.id }))).toEqual(taken);
      expect(await store.platform.templates.create(templateNamed('desk', { id: id('t5') }))).toEqual(taken);
      expect((await store.platform.templates.byKey('desk'))?.id).toBe('t3');
      expect(await store.platform.templates.count()).toBe(1);
    });
  });

  describe('the directory', () => {
    test('finds phones and tenants by the hash of their token, and no longer by an old one', async () => {
      kept(await ours.phones.create(phoneNumber(1, acme)));
      const hash = (token: string): string => crypto.keyedHash(TOKEN_PURPOSE.phone, token);
      const found = await store.directory.byPhoneToken(hash('phone-token-1'));
      expect(found).toEqual({
        tenant: acme.id,
        phone: 'phone-1',
        fingerprint: await ours.phones.fingerprint(id('phone-1')),
      });
      kept(await ours.phones.replace(phoneNumber(1, acme, { token: new Secret('new') })));
      expect(await store.directory.byPhoneToken(hash('phone-token-1'))).toBeUndefined();
      expect(await store.directory.byPhoneToken(hash('new'))).toMatchObject({ phone: 'phone-1' });
      const tenantHash = crypto.keyedHash(TOKEN_PURPOSE.tenant, 'tenant-token-acme');
      expect(await store.directory.byTenantToken(tenantHash)).toMatchObject({ tenant: acme.id });
      expect(await store.directory.byTenantToken('')).toBeUndefined();
    });

    test('names that no keyboard makes are nobody’s, and no error', async () => {
      for (const name of ['\0', 'a\0b', '\uD800', "'; --", '\u{1F600}'.repeat(500)]) {
        expect(await store.directory.bySerial(id('example'), name)).toBeUndefined();
        expect(await ours.phones.byKey(name)).toBeUndefined();
        expect(await ours.uploads.read(id('phone-1'), name)).toBeUndefined();
        kept(await ours.groups.create(groupNamed(name, { id: id('odd') })));
        expect((await ours.groups.byId('odd'))?.title).toBe(name);
        expect(await ours.groups.remove('odd')).toEqual({ ok: true });
      }
    });

    test('a phone that was removed is a stranger again', async () => {
      kept(await ours.phones.create(phoneNumber(1, acme)));
      await ours.phones.updateState(id('phone-1'), () => served);
      expect(await ours.phones.remove('phone-1')).toEqual({ ok: true });
      expect(await store.directory.byMac(macNumber(1))).toBeUndefined();
      kept(await theirs.phones.create(phoneNumber(1, rival)));
      expect(await theirs.phones.state(id('phone-1'))).toEqual({ given: [], served: {} });
    });
  });

  describe('extensions on phones', () => {
    const [first, second] = [extensionNumber('100'), extensionNumber('101')];
    beforeEach(async () => {
      kept(await ours.extensions.create(first));
      kept(await ours.extensions.create(second));
    });

    test('an extension is on at most one phone, and the refusal names it', async () => {
      kept(await ours.phones.create(phoneNumber(1, acme, withExtensions(first))));
      const refusal = { ok: false, error: { kind: 'taken', field: 'extension', value: '100' } };
      expect(await ours.phones.create(phoneNumber(2, acme, withExtensions(second, first)))).toEqual(refusal);
      kept(await ours.phones.create(phoneNumber(2, acme, withExtensions(second))));
      expect(await ours.phones.replace(phoneNumber(2, acme, withExtensions(first)))).toEqual(refusal);
      kept(await ours.phones.replace(phoneNumber(1, acme, withExtensions(first, first))));
    });

    test('a shared extension is on many, and must stay shared while it is', async () => {
      const shared = extensionNumber('200', { shared: true });
      kept(await ours.extensions.create(shared));
      for (const n of [1, 2]) kept(await ours.phones.create(phoneNumber(n, acme, withExtensions(shared))));
      expect((await ours.phones.byExtension(shared.id)).map((phone) => phone.id)).toEqual(['phone-1', 'phone-2']);
      expect(await ours.extensions.replace({ ...shared, shared: false })).toEqual({
        ok: false,
        error: { kind: 'in_use', by: `phone ${macNumber(1)}` },
      });
      kept(await ours.phones.replace(phoneNumber(2, acme)));
      kept(await ours.extensions.replace({ ...shared, shared: false }));
    });

    test('of phones that are given the same extension at once exactly one gets it', async () => {
      const results = await Promise.all(
        Array.from({ length: 6 }, (_, n) => ours.phones.create(phoneNumber(n, acme, withExtensions(first)))),
      );
      expect(results.filter((result) => result.ok)).toHaveLength(1);
      for (const result of results) {
        if (!result.ok) expect(result.error).toEqual({ kind: 'taken', field: 'extension', value: '100' });
      }
      expect(await ours.phones.byExtension(first.id)).toHaveLength(1);
    });

    test('the phones of a person are those that name him', async () => {
      const person = personNamed('ada');
      kept(await ours.people.create(person));
      for (const n of [2, 1]) kept(await ours.phones.create(phoneNumber(n, acme, { person: person.id })));
      kept(await ours.phones.create(phoneNumber(3, acme)));
      expect((await ours.phones.byPerson(person.id)).map((phone) => phone.id)).toEqual(['phone-1', 'phone-2']);
      expect(await theirs.phones.byPerson(person.id)).toEqual([]);
    });

    test('what no phone has is listed in order of number', async () => {
      kept(await ours.extensions.create(extensionNumber('099')));
      kept(await ours.phones.create(phoneNumber(1, acme, withExtensions(first))));
      const free = (await ours.extensions.unassigned({ limit: 10 })).map((extension) => extension.number);
      expect(free).toEqual(['099', '101']);
      expect(await ours.extensions.unassigned({ after: '099', limit: 1 })).toMatchObject([{ number: '101' }]);
      kept(await ours.phones.replace(phoneNumber(1, acme)));
      expect(await ours.extensions.unassigned({ limit: 10 })).toHaveLength(3);
    });

    test('a phone is read with its state, and the extensions of its lines at once', async () => {
      const phone = kept(await ours.phones.create(phoneNumber(1, acme, withExtensions(first, second))));
      kept(await ours.phones.create(phoneNumber(2, acme)));
      expect(await ours.phones.withState(phone.id)).toEqual({ phone, state: { given: [], served: {} } });
      await ours.phones.updateState(phone.id, () => served);
      expect(await ours.phones.withState(phone.id)).toEqual({ phone, state: served });
      const found = await ours.extensions.ofPhone(phone.id);
      expect(found.map(({ number }) => number).toSorted()).toEqual([first.number, second.number]);
      expect(found.find(({ id: of }) => of === first.id)).toEqual(await ours.extensions.byId(first.id));
      expect(await ours.extensions.ofPhone(id('phone-2'))).toEqual([]);
    });
  });

  describe('tenants', () => {
    test('a tenant never sees, changes or removes what a neighbour owns, even by its id', async () => {
      const group = groupNamed('sales');
      kept(await theirs.groups.create(group));
      kept(await theirs.phones.create(phoneNumber(1, rival)));
      await theirs.phones.updateState(id('phone-1'), () => served);
      await theirs.uploads.put(id('phone-1'), 'log', Buffer.from('x'), new Date(0), 5);

      expect(await ours.groups.byId(group.id)).toBeUndefined();
      expect(await ours.groups.byKey('sales')).toBeUndefined();
      expect(await ours.groups.list({ limit: 10 })).toEqual([]);
      expect(await ours.groups.count()).toBe(0);
      expect(await ours.groups.replace({ ...group, title: 'ours' })).toMatchObject({ error: { version: 0 } });
      expect(await ours.groups.remove(group.id)).toEqual({ ok: true });
      expect((await theirs.groups.byId(group.id))?.title).toBe('sales');

      expect(await ours.phones.byId('phone-1')).toBeUndefined();
      expect(await ours.phones.state(id('phone-1'))).toEqual({ given: [], served: {} });
      expect(await ours.phones.withState(id('phone-1'))).toBeUndefined();
      expect(await ours.extensions.ofPhone(id('phone-1'))).toEqual([]);
      expect(await ours.phones.fingerprint(id('phone-1'))).toBe('');
      await ours.phones.updateState(id('phone-1'), () => ({ given: ['ours'], served: {} }));
      expect(await theirs.phones.state(id('phone-1'))).toEqual(served);
      expect(await ours.phones.notCompared(10)).toEqual([]);
      expect(await ours.uploads.list(id('phone-1'))).toEqual([]);
      expect(await ours.uploads.read(id('phone-1'), 'log')).toBeUndefined();
      await ours.uploads.put(id('phone-1'), 'log', Buffer.from('ours'), new Date(1), 1);
      expect(Buffer.from((await theirs.uploads.read(id('phone-1'), 'log')) ?? []).toString()).toBe('x');
    });

    test('a phone can not be given what a neighbour owns', async () => {
      const theirExtension = extensionNumber('100');
      kept(await theirs.extensions.create(theirExtension));
      kept(await theirs.templates.create(templateNamed('desk', { tenant: rival.id })));
      kept(await theirs.groups.create(groupNamed('sales')));
      for (const more of [
        withExtensions(theirExtension),
        { template: templateNamed('desk').id },
        { group: groupNamed('sales').id },
      ]) {
        await expect(ours.phones.create(phoneNumber(1, acme, more))).rejects.toThrow(/names something/);
      }
      expect(await ours.phones.byExtension(theirExtension.id)).toEqual([]);
    });

    test('a phone may have a template that is for all', async () => {
      kept(await store.platform.templates.create(templateNamed('desk')));
      kept(await ours.phones.create(phoneNumber(1, acme, { template: templateNamed('desk').id })));
    });

    test('a document that says it is a neighbour’s is our bug', async () => {
      await expect(async () => ours.phones.create(phoneNumber(1, rival))).rejects.toThrow(/tenant-rival/);
      await expect(async () => ours.templates.create(templateNamed('desk'))).rejects.toThrow(/template desk/);
    });
  });

  describe('what is in use stays', () => {
    test('template, profile, group, person and extension of a phone', async () => {
      const parts = {
        template: templateNamed('desk', { tenant: acme.id }),
        profile: profileNamed('staff'),
        group: groupNamed('sales'),
        person: personNamed('ada'),
        extension: extensionNumber('100'),
      };
      kept(await ours.templates.create(parts.template));
      kept(await ours.profiles.create(parts.profile));
      kept(await ours.groups.create(parts.group));
      kept(await ours.people.create(parts.person));
      kept(await ours.extensions.create(parts.extension));
      const phone = phoneNumber(1, acme, {
        template: parts.template.id,
        profile: parts.profile.id,
        group: parts.group.id,
        person: parts.person.id,
        ...withExtensions(parts.extension),
      });
      kept(await ours.phones.create(phone));
      const removals = [
        () => ours.templates.remove(parts.template.id),
        () => ours.profiles.remove(parts.profile.id),
        () => ours.groups.remove(parts.group.id),
        () => ours.people.remove(parts.person.id),
        () => ours.extensions.remove(parts.extension.id),
      ];
      const refusal = { ok: false, error: { kind: 'in_use', by: `phone ${macNumber(1)}` } };
      for (const remove of removals) expect(await remove()).toEqual(refusal);
      expect(await ours.phones.remove(phone.id)).toEqual({ ok: true });
      for (const remove of removals) expect(await remove()).toEqual({ ok: true });
    });

    test('a group with groups in it or people, a profile of a group or person', async () => {
      kept(await ours.profiles.create(profileNamed('staff')));
      kept(await ours.profiles.create(profileNamed('boss')));
      kept(await ours.groups.create(groupNamed('all', { profile: profileNamed('staff').id })));
      kept(await ours.groups.create(groupNamed('sales', { parent: groupNamed('all').id })));
      const person = personNamed('ada', { groups: [groupNamed('sales').id], profile: profileNamed('boss').id });
      kept(await ours.people.create(person));
      const inUse = (by: string) => ({ ok: false, error: { kind: 'in_use', by } });
      expect(await ours.groups.remove(groupNamed('all').id)).toEqual(inUse('group sales'));
      expect(await ours.groups.remove(groupNamed('sales').id)).toEqual(inUse('person ada'));
      expect(await ours.profiles.remove(profileNamed('staff').id)).toEqual(inUse('group all'));
      expect(await ours.profiles.remove(profileNamed('boss').id)).toEqual(inUse('person ada'));
    });

    test('a tenant who owns something; a template for all that a tenant’s phone has', async () => {
      kept(await store.platform.templates.create(templateNamed('desk')));
      kept(await ours.phones.create(phoneNumber(1, acme, { template: templateNamed('desk').id })));
      const refusal = { ok: false, error: { kind: 'in_use', by: `phone ${macNumber(1)}` } };
      expect(await store.platform.tenants.remove(acme.id)).toEqual(refusal);
      expect(await store.platform.templates.remove(templateNamed('desk').id)).toEqual(refusal);
      kept(await store.platform.users.create(userNamed('admin', { role: 'admin', tenant: rival.id })));
      expect(await store.platform.tenants.remove(rival.id)).toMatchObject({ error: { by: 'user admin' } });
    });

    test('the sessions and tokens of a user go with him', async () => {
      const user = userNamed('root');
      kept(await store.platform.users.create(user));
      kept(await store.platform.tokens.create(accessTokenOf(user, 'session')));
      expect(await store.platform.users.remove(user.id)).toEqual({ ok: true });
      expect(await store.platform.tokens.byKey('hash-session')).toBeUndefined();
    });
  });

  describe('users', () => {
    test('of one tenant are listed page after page, and nobody else', async () => {
      const { users } = store.platform;
      kept(await users.create(userNamed('root')));
      for (const name of ['bea', 'ann', 'cem']) kept(await users.create(userNamed(name, { tenant: acme.id })));
      kept(await users.create(userNamed('bob', { tenant: rival.id })));
      const names = async (page: { readonly after?: string; readonly limit: number }) =>
        (await users.ofTenant(acme.id, page)).map((user) => user.name);
      expect(await names({ limit: 10 })).toEqual(['ann', 'bea', 'cem']);
      expect(await names({ limit: 1, after: 'ann' })).toEqual(['bea']);
      expect(await users.ofTenant(acme.id, { limit: 1 })).toMatchObject([{ name: 'ann', version: 1 }]);
    });

    test('keep the person whose login they are, who must be of their own tenant', async () => {
      const { users } = store.platform;
      const person = personNamed('ada');
      kept(await ours.people.create(person));
      const login = userNamed('ada', { role: 'user', tenant: acme.id, person: person.id });
      await expect(users.create({ ...login, tenant: rival.id })).rejects.toThrow(/user ada names something/);
      await expect(users.create({ ...login, person: personNamed('nobody').id })).rejects.toThrow(/user ada names/);
      kept(await users.create(login));
      expect(await ours.people.remove(person.id)).toEqual({ ok: false, error: { kind: 'in_use', by: 'user ada' } });
      expect(await users.remove(login.id)).toEqual({ ok: true });
      expect(await ours.people.remove(person.id)).toEqual({ ok: true });
    });

    const ISSUER = 'https://login.example.com';
    const ann = userNamed('ann', { oidc: { issuer: ISSUER, subject: '1001' } });
    const bob = userNamed('bob', { oidcName: 'bob@example.com' });

    test('are found by who they are at the provider, and by the name they are waited for under', async () => {
      const { users } = store.platform;
      kept(await users.create(ann));
      kept(await users.create(bob));
      expect(await users.byIdentity(ISSUER, '1001')).toEqual({ ...ann, version: 1 });
      expect(await users.byIdentity('https://other.example.com', '1001')).toBeUndefined();
      expect(await users.byIdentity(ISSUER, 'bob@example.com')).toBeUndefined();
      expect(await users.byOidcName('bob@example.com')).toEqual({ ...bob, version: 1 });
      expect(await users.byOidcName('1001')).toBeUndefined();
      kept(await users.replace(userNamed('bob', { oidc: { issuer: ISSUER, subject: '1002' } })));
      expect(await users.byOidcName('bob@example.com')).toBeUndefined();
      expect(await users.byIdentity(ISSUER, '1002')).toMatchObject({ name: 'bob' });
      kept(await users.replace(userNamed('ann')));
      expect(await users.byIdentity(ISSUER, '1001')).toBeUndefined();
    });

    test('an identity is one user’s, and so is a name at the provider', async () => {
      const { users } = store.platform;
      kept(await users.create(ann));
      kept(await users.create(bob));
      const taken = (field: string, value: string) => ({ ok: false, error: { kind: 'taken', field, value } });
      const twin = userNamed('twin', { oidc: { issuer: ISSUER, subject: '1001' } });
      expect(await users.create(twin)).toEqual(taken('oidc', '1001'));
      expect(await users.replace({ ...bob, oidc: { issuer: ISSUER, subject: '1001' } })).toEqual(taken('oidc', '1001'));
      const double = userNamed('double', { oidcName: 'bob@example.com' });
      expect(await users.create(double)).toEqual(taken('oidcName', 'bob@example.com'));
      kept(await users.create(userNamed('sam', { oidc: { issuer: 'https://other.example.com', subject: '1001' } })));
      kept(await users.create(userNamed('eve')));
      kept(await users.create(userNamed('joe')));
    });

    test('may have no password', async () => {
      const user = without(ann, 'passwordHash');
      kept(await store.platform.users.create(user));
      expect(await store.platform.users.byKey('ann')).toEqual({ ...user, version: 1 });
    });
  });

  describe('sessions and tokens', () => {
    test('are found by their user, and know when and where from they were last used', async () => {
      const { users, tokens } = store.platform;
      const [root, other] = [userNamed('root'), userNamed('other')];
      for (const user of [root, other]) kept(await users.create(user));
      const token = accessTokenOf(root, 'session');
      kept(await tokens.create(token));
      kept(await tokens.create(accessTokenOf(other, 'theirs')));
      expect((await tokens.ofUser(root.id)).map(({ hash }) => hash)).toEqual([token.hash]);
      expect(await tokens.lastUse(token.id)).toBeUndefined();
      await tokens.noteUse(token.id, { at: '2026-03-02T10:00:00.000Z', from: '192.0.2.1' });
      await tokens.noteUse(token.id, { at: '2026-03-02T10:01:00.000Z', from: '2001:db8::1' });
      expect(await tokens.lastUse(token.id)).toEqual({ at: '2026-03-02T10:01:00.000Z', from: '2001:db8::1' });
      expect(await tokens.byId(token.id)).toMatchObject({ version: 1 });
    });

    test('a use of a token that is gone is not kept', async () => {
      const user = userNamed('root');
      kept(await store.platform.users.create(user));
      const token = accessTokenOf(user, 'session');
      kept(await store.platform.tokens.create(token));
      await store.platform.tokens.noteUse(token.id, { at: '2026-03-02T10:00:00.000Z', from: '192.0.2.1' });
      expect(await store.platform.tokens.remove(token.id)).toEqual({ ok: true });
      expect(await store.platform.tokens.lastUse(token.id)).toBeUndefined();
      await store.platform.tokens.noteUse(token.id, { at: '2026-03-02T10:01:00.000Z', from: '192.0.2.1' });
      expect(await store.platform.tokens.lastUse(token.id)).toBeUndefined();
    });
  });

  describe('transactions', () => {
    test('all of it is kept, and inside it sees its own writes', async () => {
      const result = await store.transaction(async (inside) => {
        kept(await inside.tenant(acme.id).groups.create(groupNamed('sales')));
        kept(await inside.tenant(acme.id).phones.create(phoneNumber(1, acme, { group: groupNamed('sales').id })));
        expect(await inside.tenant(acme.id).groups.count()).toBe(1);
        expect(await inside.directory.byMac(macNumber(1))).toMatchObject({ phone: 'phone-1' });
        expect(await store.directory.byMac(macNumber(1))).toBeUndefined();
        return 'done';
      });
      expect(result).toBe('done');
      expect(await store.directory.byMac(macNumber(1))).toMatchObject({ phone: 'phone-1' });
    });

    test('when it throws nothing of it is kept, and the error comes out as it was', async () => {
      const before = await ours.phones.fingerprint(id('phone-1'));
      const error = new Error('row 7: no such model');
      const failing = store.transaction(async (inside) => {
        kept(await inside.tenant(acme.id).groups.create(groupNamed('sales')));
        kept(await inside.tenant(acme.id).phones.create(phoneNumber(1, acme)));
        await inside.platform.saveDocument({ settings: { 'provisioning.resyncAt': { value: '03:00' } } });
        await inside.platform.audit({ at: '', who: 'root', from: 'cli', what: 'import', object: 'phones' });
        await inside.journal.append(linesOf([requestNumber(1)]));
        throw error;
      });
      await expect(failing).rejects.toBe(error);
      expect(await ours.groups.count()).toBe(0);
      expect(await store.directory.byMac(macNumber(1))).toBeUndefined();
      expect(await store.platform.document()).toEqual({ settings: {} });
      expect(await store.platform.auditLog({ limit: 1 })).toEqual([]);
      expect(await store.journal.list({ limit: 1 })).toEqual([]);
      expect(await ours.phones.fingerprint(id('phone-1'))).toBe(before);
      kept(await ours.groups.create(groupNamed('sales')));
    });

    test('a refused write inside is a value: the rest is kept', async () => {
      kept(await ours.groups.create(groupNamed('sales')));
      await store.transaction(async (inside) => {
        expect((await inside.tenant(acme.id).groups.create(groupNamed('sales'))).ok).toBe(false);
        kept(await inside.tenant(acme.id).groups.create(groupNamed('support')));
      });
      expect(await ours.groups.count()).toBe(2);
    });

    test('one inside another is part of it', async () => {
      const failing = store.transaction(async (inside) => {
        await inside.transaction(async (nested) => {
          kept(await nested.tenant(acme.id).groups.create(groupNamed('sales')));
        });
        throw new Error('after all');
      });
      await expect(failing).rejects.toThrow('after all');
      expect(await ours.groups.count()).toBe(0);
    });

    test('writes of others wait for it or meet it, and none is lost', async () => {
      kept(await ours.groups.create(groupNamed('counter', { title: '0' })));
      const addOne = (): Promise<void> =>
        store.transaction(async (inside) => {
          const groups = inside.tenant(acme.id).groups;
          const found = await groups.byKey('counter');
          await new Promise((resolve) => setImmediate(resolve));
          if (found) kept(await groups.replace({ ...found, title: String(Number(found.title) + 1) }, found.version));
        });
      await Promise.all([
        ...Array.from({ length: 8 }, addOne),
        ...Array.from({ length: 8 }, (_, n) => ours.groups.create(groupNamed(`other-${n}`))),
      ]);
      expect((await ours.groups.byKey('counter'))?.title).toBe('8');
      expect(await ours.groups.count()).toBe(9);
    });
  });

  describe('fingerprints', () => {
    const phone = phoneNumber(1, acme, {
      ...withExtensions(extensionNumber('100')),
      template: templateNamed('desk').id,
    });
    const fingerprint = (): Promise<string> => ours.phones.fingerprint(phone.id);

    beforeEach(async () => {
      kept(await store.platform.templates.create(templateNamed('desk')));
      kept(await ours.extensions.create(extensionNumber('100')));
      kept(await ours.extensions.create(extensionNumber('101')));
      kept(await ours.phones.create(phone));
      kept(await ours.phones.create(phoneNumber(2, acme, withExtensions(extensionNumber('101')))));
      kept(await ours.groups.create(groupNamed('sales')));
      kept(await theirs.phones.create(phoneNumber(3, rival)));
    });

    const image = firmwareNamed('e200.rom', { tenant: acme.id });
    const localTemplate = templateNamed('local', { tenant: acme.id });
    const localMapping = mappingFrom('1.1.1.1', { tenant: acme.id });
    const CHANGES: Readonly<Record<string, () => Promise<unknown>>> = {
      'the platform’s document': () => store.platform.saveDocument({ settings: {} }),
      'a template for all': () => store.platform.templates.replace(templateNamed('desk', { title: 'x' })),
      'a mapping for all': () => store.platform.mappings.create(mappingFrom('1.1.1.1')),
      'the tenant': () => store.platform.tenants.replace({ ...acme, title: 'x' }),
      'a template of the tenant': () => ours.templates.create(localTemplate),
      'a mapping of the tenant': () => ours.mappings.create(localMapping),
      'a profile': () => ours.profiles.create(profileNamed('staff')),
      'a group': () => ours.groups.replace(groupNamed('sales', { title: 'x' })),
      'a group that goes': () => ours.groups.remove(groupNamed('sales').id),
      'a person': () => ours.people.create(personNamed('ada')),
      'its extension': () => ours.extensions.replace(extensionNumber('100', { displayName: 'x' })),
      'the phone itself': () => ours.phones.replace({ ...phone, label: 'x' }),
      'what it was given': () => ours.phones.updateState(phone.id, (state) => ({ ...state, given: ['a'] })),
      'the firmware that it says': () =>
        ours.phones.updateState(phone.id, (state) => ({
          ...state,
          seen: { at: '', address: '', door: 'secure', firmware: '2.0' },
        })),
    };
    for (const [what, change] of Object.entries(CHANGES)) {
      test(`changes with ${what}`, async () => {
        const before = await fingerprint();
        await change();
        const after = await fingerprint();
        expect(after).not.toBe(before);
        expect(await store.directory.byMac(macNumber(1))).toMatchObject({ fingerprint: after });
      });
    }

    const OTHERS: Readonly<Record<string, () => Promise<unknown>>> = {
      'a neighbour’s phone': () => theirs.phones.replace(phoneNumber(3, rival, { label: 'x' })),
      'a neighbour’s group': () => theirs.groups.create(groupNamed('support')),
      'the neighbour': () => store.platform.tenants.replace({ ...rival, title: 'x' }),
      'another phone of the tenant': () => ours.phones.replace(phoneNumber(2, acme, { label: 'x' })),
      'another phone’s extension': () => ours.extensions.replace(extensionNumber('101', { displayName: 'x' })),
      'a new extension': () => ours.extensions.create(extensionNumber('102')),
      'a firmware file': () => ours.firmware.create(image),
      'a user': () => store.platform.users.create(userNamed('root')),
      'the journal': () => store.journal.append(linesOf([requestNumber(1)])),
      'a refused write': () => ours.groups.replace(groupNamed('sales'), 99),
      'what it was served': () => ours.phones.updateState(phone.id, () => served),
    };
    for (const [what, change] of Object.entries(OTHERS)) {
      test(`does not change with ${what}`, async () => {
        const before = await fingerprint();
        await change();
        expect(await fingerprint()).toBe(before);
      });
    }

    test('is never one of before, not even after the object was removed and made again', async () => {
      const before = await fingerprint();
      await ours.phones.remove(phone.id);
      kept(await ours.phones.create(phone));
      expect(await fingerprint()).not.toBe(before);
    });

    test('phones that were served are to be compared until they have been compared for what holds now', async () => {
      const compare = async (): Promise<string[]> => {
        const late = await ours.phones.notCompared(10);
        for (const { phone: late_, fingerprint: now } of late) {
          expect(await ours.phones.fingerprint(late_)).toBe(now);
          await ours.phones.updateState(late_, (state) => ({ ...state, desired: { fingerprint: now, hashes: {} } }));
        }
        return late.map((one) => String(one.phone)).sort();
      };
      expect(await compare()).toEqual([]);
      for (const name of ['phone-1', 'phone-2']) await ours.phones.updateState(id(name), () => served);
      expect(await compare()).toEqual(['phone-1', 'phone-2']);
      expect(await compare()).toEqual([]);
      kept(await ours.extensions.replace(extensionNumber('100', { displayName: 'x' })));
      expect(await compare()).toEqual(['phone-1']);
      kept(await ours.phones.replace(phoneNumber(2, acme)));
      expect(await compare()).toEqual(['phone-2']);
      await ours.phones.updateState(id('phone-1'), (state) => ({ ...state, given: ['a'] }));
      expect(await compare()).toEqual(['phone-1']);
      kept(await ours.profiles.create(profileNamed('staff')));
      expect(await ours.phones.notCompared(1)).toHaveLength(1);
      expect(await compare()).toEqual(['phone-1', 'phone-2']);
      await store.platform.saveDocument({ settings: {} });
      expect(await compare()).toEqual(['phone-1', 'phone-2']);
      await theirs.groups.create(groupNamed('support'));
      expect(await compare()).toEqual([]);
    });
  });

  describe('the fleet', () => {
    const fleet = { tenants: 2, owned: 0, served: 0, outdated: 0, notCompared: 0 };
    const compareAs = async (name: string, hashes: Readonly<Record<string, string>>): Promise<void> => {
      const fingerprint = await ours.phones.fingerprint(id(name));
      await ours.phones.updateState(id(name), (state) => ({ ...state, desired: { fingerprint, hashes } }));
    };

    test('phones are counted by state: owned until they have fetched, outdated until and unless found equal', async () => {
      expect(await store.platform.fleet()).toEqual(fleet);
      for (const number of [1, 2, 3]) kept(await ours.phones.create(phoneNumber(number, acme)));
      kept(await theirs.phones.create(phoneNumber(4, rival)));
      expect(await store.platform.fleet()).toEqual({ ...fleet, owned: 4 });
      for (const name of ['phone-1', 'phone-2']) await ours.phones.updateState(id(name), () => served);
      expect(await store.platform.fleet()).toEqual({ ...fleet, owned: 2, outdated: 2, notCompared: 2 });
      await compareAs('phone-1', { 'a.cfg': 'h' });
      await compareAs('phone-2', { 'a.cfg': 'another' });
      expect(await store.platform.fleet()).toEqual({ ...fleet, owned: 2, served: 1, outdated: 1 });
      await ours.phones.updateState(id('phone-2'), (state) => ({
        ...state,
        served: { 'a.cfg': { hash: 'another', at: '' } },
      }));
      expect(await store.platform.fleet()).toEqual({ ...fleet, owned: 2, served: 2 });
      kept(await ours.phones.replace(phoneNumber(1, acme, { label: 'x' })));
      expect(await store.platform.fleet()).toEqual({ ...fleet, owned: 2, served: 1, outdated: 1, notCompared: 1 });
      await store.platform.saveDocument({ settings: {} });
      expect(await store.platform.fleet()).toEqual({ ...fleet, owned: 2, outdated: 2, notCompared: 2 });
    });
  });

  describe('what phones do', () => {
    beforeEach(async () => {
      kept(await ours.phones.create(phoneNumber(1, acme)));
    });

    test('a new phone has been given nothing', async () => {
      expect(await ours.phones.state(id('phone-1'))).toEqual({ given: [], served: {} });
    });

    test('writers of one state at the same time lose nothing', async () => {
      await Promise.all(
        Array.from({ length: 12 }, (_, n) =>
          ours.phones.updateState(id('phone-1'), (state) => ({ ...state, given: [...state.given, `p${n}`] })),
        ),
      );
      expect((await ours.phones.state(id('phone-1'))).given.toSorted()).toEqual(
        Array.from({ length: 12 }, (_, n) => `p${n}`).toSorted(),
      );
    });

    test('what phones were given alike stays with each when the others are given something else, or are removed', async () => {
      for (const n of [2, 3]) kept(await ours.phones.create(phoneNumber(n, acme)));
      const give = (n: number, given: readonly string[]) =>
        ours.phones.updateState(id(`phone-${n}`), (state) => ({ ...state, given }));
      for (const n of [1, 2, 3]) await give(n, ['a', 'b']);
      await give(2, ['a', 'b', 'c']);
      await ours.phones.remove(id('phone-3'));
      await store.tidy();
      const { phones } = ours;
      expect((await phones.state(id('phone-1'))).given).toEqual(['a', 'b']);
      expect((await phones.withState(id('phone-2')))?.state.given).toEqual(['a', 'b', 'c']);
      await give(2, ['a', 'b']);
      await store.tidy();
      await give(1, ['a', 'b', 'c']);
      expect((await phones.state(id('phone-1'))).given).toEqual(['a', 'b', 'c']);
      expect((await phones.state(id('phone-2'))).given).toEqual(['a', 'b']);
    });

    test('what a device was given is remembered when it is removed, and comes back once with whoever makes it again', async () => {
      const phone = phoneNumber(7, acme, { serial: 'S7' });
      kept(await ours.phones.create(phone));
      await ours.phones.updateState(phone.id, () => ({ ...served, given: ['b', 'a'] }));
      await ours.phones.remove(phone.id);
      const moved = phoneNumber(7, rival, { id: id('moved'), serial: 'S7' });
      kept(await theirs.phones.create(moved));
      expect(await theirs.phones.state(moved.id)).toEqual({ given: ['a', 'b'], served: {} });
      await theirs.phones.updateState(moved.id, (state) => ({ ...state, given: [] }));
      await theirs.phones.remove(moved.id);
      kept(await ours.phones.create(phone));
      expect(await ours.phones.state(phone.id)).toEqual({ given: [], served: {} });
    });

    test('what removed devices hold is listed in order, page after page, and added to', async () => {
      const { leftovers } = store.platform;
      const [one, other] = [`mac/${macNumber(8)}`, 'serial/yealink/S1'];
      await leftovers.keep({ identity: other, given: ['c'] });
      await leftovers.keep({ identity: one, given: ['b'] });
      await leftovers.keep({ identity: one, given: ['a', 'b'] });
      const all = [
        { identity: one, given: ['a', 'b'] },
        { identity: other, given: ['c'] },
      ];
      expect(await leftovers.list({ limit: 9 })).toEqual(all);
      expect(await leftovers.list({ limit: 1 })).toEqual(all.slice(0, 1));
      expect(await leftovers.list({ after: one, limit: 9 })).toEqual(all.slice(1));
      const phone = kept(await ours.phones.create(phoneNumber(8, acme)));
      expect((await ours.phones.state(phone.id)).given).toEqual(['a', 'b']);
      expect(await leftovers.list({ limit: 9 })).toEqual(all.slice(1));
    });

    test('of a phone that is gone nothing is kept', async () => {
      await ours.phones.updateState(id('phone-9'), () => served);
      expect(await ours.phones.state(id('phone-9'))).toEqual({ given: [], served: {} });
    });

    test('uploads are kept by name, newest first, and the oldest go', async () => {
      const phone = id<'PhoneId'>('phone-1');
      const put = (name: string, text: string, day: number): Promise<void> =>
        ours.uploads.put(phone, name, Buffer.from(text), new Date(Date.UTC(2026, 2, day)), 3);
      for (const [name, day] of [
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ] as const)
        await put(name, name, day);
      await put('a', 'again', 4);
      expect((await ours.uploads.list(phone)).map(({ name }) => name)).toEqual(['a', 'c', 'b']);
      await put('d', 'd', 5);
      expect(await ours.uploads.list(phone)).toEqual([
        { name: 'd', at: '2026-03-05T00:00:00.000Z', size: 1 },
        { name: 'a', at: '2026-03-04T00:00:00.000Z', size: 5 },
        { name: 'c', at: '2026-03-03T00:00:00.000Z', size: 1 },
      ]);
      expect(Buffer.from((await ours.uploads.read(phone, 'a')) ?? []).toString()).toBe('again');
      expect(await ours.uploads.read(phone, 'b')).toBeUndefined();
    });
  });

  describe('the journal and the audit', () => {
    test('records are listed newest first, by tenant, phone or event, page after page', async () => {
      await store.journal.append(
        linesOf([
          requestNumber(1, { tenant: acme.id, phone: id('phone-1') }),
          requestNumber(2, { tenant: rival.id, event: 'foreign_proof' }),
          requestNumber(3, { tenant: acme.id }),
        ]),
      );
      await store.journal.append(linesOf([requestNumber(4, { at: requestNumber(3).at })]));
      await store.journal.append(linesOf([]));
      const list = async (query: Parameters<Store['journal']['list']>[0]): Promise<string[]> =>
        (await store.journal.list(query)).map((record) => record.id.slice(-1));
      expect(await list({ limit: 10 })).toEqual(['4', '3', '2', '1']);
      expect(await list({ limit: 10, tenant: acme.id })).toEqual(['3', '1']);
      expect(await list({ limit: 10, tenant: acme.id, phone: id('phone-1') })).toEqual(['1']);
      expect(await list({ limit: 10, event: 'foreign_proof' })).toEqual(['2']);
      expect(await list({ limit: 2 })).toEqual(['4', '3']);
      expect(await list({ limit: 2, before: 'request-3' })).toEqual(['2', '1']);
      expect(await list({ limit: 2, before: 'request-4' })).toEqual(['3', '2']);
      expect(await list({ limit: 2, before: 'request-99' })).toEqual([]);
      expect((await store.journal.list({ limit: 1, before: 'request-2' }))[0]).toEqual(
        requestNumber(1, { tenant: acme.id, phone: id('phone-1') }),
      );
    });

    test('a record that names no phone but the MAC or serial number of one is that phone’s, in the order in which it came', async () => {
      kept(await ours.phones.create(phoneNumber(1, acme)));
      kept(await ours.phones.create(phoneNumber(2, acme, { serial: 'S2' })));
      const { vendor } = phoneNumber(2, acme);
      await store.journal.append(
        linesOf([
          requestNumber(1, { mac: macNumber(1) }),
          requestNumber(2, { tenant: rival.id }),
          requestNumber(3, { mac: macNumber(9), vendor, serial: 'S2' }),
          requestNumber(4, { mac: macNumber(1), tenant: rival.id }),
          requestNumber(5, { mac: macNumber(9), vendor, serial: 'S9' }),
          requestNumber(6, { mac: macNumber(1), tenant: acme.id, phone: id('phone-2') }),
        ]),
      );
      const all = await store.journal.list({ limit: 10 });
      expect(all.map(({ id: request, tenant, phone }) => [request.slice(-1), tenant, phone])).toEqual([
        ['6', acme.id, id('phone-2')],
        ['5', undefined, undefined],
        ['4', rival.id, undefined],
        ['3', acme.id, id('phone-2')],
        ['2', rival.id, undefined],
        ['1', acme.id, id('phone-1')],
      ]);
      const ofPhone = await store.journal.list({ tenant: acme.id, phone: id('phone-2'), limit: 10 });
      expect(ofPhone.map((record) => record.id)).toEqual(['request-6', 'request-3']);
    });

    test('a batch that is appended again is kept once', async () => {
      await store.journal.append(linesOf([requestNumber(1)]));
      await store.journal.append(linesOf([requestNumber(1), requestNumber(2)]));
      expect(await store.journal.list({ limit: 10 })).toHaveLength(2);
    });

    test('it is trimmed by age and by number', async () => {
      await store.journal.append(linesOf(Array.from({ length: 1200 }, (_, n) => requestNumber(n))));
      await store.journal.trim({ rows: 5000, since: new Date(requestNumber(1000).at) });
      expect(await store.journal.list({ limit: 5000 })).toHaveLength(200);
      await store.journal.trim({ rows: 3, since: new Date(0) });
      expect((await store.journal.list({ limit: 10 })).map((record) => record.id)).toEqual([
        'request-1199',
        'request-1198',
        'request-1197',
      ]);
    });

    test('a record of a time when the clock was ahead keeps none that is too old', async () => {
      await store.journal.append(linesOf([requestNumber(1), requestNumber(2, { at: '2126-03-01T00:00:00.000Z' })]));
      await store.journal.append(linesOf([requestNumber(3), requestNumber(2_000)]));
      await store.journal.trim({ rows: 5000, since: new Date(requestNumber(1000).at) });
      expect((await store.journal.list({ limit: 10 })).map((record) => record.id)).toEqual([
        'request-2000',
        'request-2',
      ]);
    });

    test('the audit is read newest first, all of it or a tenant’s', async () => {
      const entry = (n: number, tenant?: typeof acme.id) => ({
        at: '2026-03-01T00:00:00.000Z',
        who: 'root',
        from: '192.0.2.1',
        what: 'replaced',
        object: `phone ${n}`,
        ...(tenant === undefined ? {} : { tenant }),
      });
      for (const one of [entry(1), entry(2, acme.id), entry(3, rival.id)]) await store.platform.audit(one);
      expect(await store.platform.auditLog({ limit: 2 })).toEqual([entry(3, rival.id), entry(2, acme.id)]);
      expect(await store.platform.auditLog({ tenant: acme.id, limit: 9 })).toEqual([entry(2, acme.id)]);
      const first = await store.platform.auditFrom(0, 2);
      expect(first.map((one) => one.entry)).toEqual([entry(1), entry(2, acme.id)]);
      const rest = await store.platform.auditFrom(first.at(-1)?.place ?? 0, 2);
      expect(rest.map((one) => one.entry)).toEqual([entry(3, rival.id)]);
    });
  });

  describe('content of firmware files', () => {
    // More than one part, and a last one that is not full.
    const bytes = Buffer.alloc(600_000, 'firmware ');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const at = new Date('2026-03-02T10:00:00Z');
    const later = new Date('2026-03-02T10:00:01Z');
    async function* chunksOf(content: Buffer): AsyncGenerator<Uint8Array> {
      for (let start = 0; start < content.length; start += 65_536)
        yield await Promise.resolve(content.subarray(start, start + 65_536));
    }
    const put = (where: Store, content = bytes): Promise<void> =>
      where.platform.contents.put(sha256, at, () => chunksOf(content));
    const read = (where: Store): Promise<Buffer> => buffer(where.platform.contents.read(sha256));

    test('what was put is read back byte by byte, once for all who put it, until it is removed', async () => {
      const { contents } = store.platform;
      expect(await contents.has(sha256)).toBe(false);
      await put(store);
      await put(store);
      expect(await contents.has(sha256)).toBe(true);
      expect((await read(store)).equals(bytes)).toBe(true);
      await contents.remove(sha256);
      await contents.remove(sha256);
      expect(await contents.has(sha256)).toBe(false);
      expect(await read(store)).toHaveLength(0);
    });

    test('bytes of another checksum, and a source that breaks off, leave nothing behind', async () => {
      await expect(put(store, bytes.subarray(1))).rejects.toThrow('has the checksum');
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield* chunksOf(bytes);
        throw new Error('broke off');
      }
      await expect(store.platform.contents.put(sha256, at, broken)).rejects.toThrow('broke off');
      expect(await store.platform.contents.has(sha256)).toBe(false);
      expect(await read(store)).toHaveLength(0);
    });

    test('a transaction that fails has neither put nor removed anything', async () => {
      const failing = (work: (inside: Store) => Promise<void>): Promise<void> =>
        store.transaction(async (inside) => {
          await work(inside);
          throw new Error('no');
        });
      await expect(failing(put)).rejects.toThrow('no');
      expect(await store.platform.contents.has(sha256)).toBe(false);
      await put(store);
      await expect(failing((inside) => inside.platform.contents.remove(sha256))).rejects.toThrow('no');
      expect((await read(store)).equals(bytes)).toBe(true);
    });

    test('a snapshot reads what was removed after it', async () => {
      await put(store);
      const { store: then, end } = await store.snapshot();
      try {
        await store.platform.contents.remove(sha256);
        expect((await read(then)).equals(bytes)).toBe(true);
      } finally {
        await end();
      }
    });

    test('content is named for as long as an image of the platform or of any tenant has it', async () => {
      const { contents, firmware } = store.platform;
      const image = { ...firmwareNamed('t46.rom'), sha256, size: bytes.length };
      await put(store);
      expect(await contents.unnamed(later)).toEqual([sha256]);
      expect(await contents.unnamed(at)).toEqual([]);
      kept(await firmware.create(image));
      kept(await ours.firmware.create({ ...image, id: id('ours'), tenant: acme.id }));
      await firmware.remove(image.id);
      expect([await contents.isNamed(sha256), await contents.unnamed(later)]).toEqual([true, []]);
      const other: FirmwareImage = { ...image, id: id('ours'), tenant: acme.id, sha256: '0'.repeat(64) };
      kept(await ours.firmware.replace(other));
      expect([await contents.isNamed(sha256), await contents.unnamed(later)]).toEqual([false, [sha256]]);
    });
  });

  describe('backup and restore', () => {
    test('a snapshot is the store as it was when it was taken, whatever is written meanwhile', async () => {
      kept(await ours.groups.create(groupNamed('sales')));
      const phone = kept(await ours.phones.create(phoneNumber(1, acme)));
      const { store: then, end } = await store.snapshot();
      try {
        kept(await ours.groups.replace(groupNamed('sales', { title: 'changed' })));
        kept(await ours.groups.create(groupNamed('support')));
        await ours.phones.updateState(phone.id, () => served);
        expect(await then.tenant(acme.id).groups.list({ limit: 9 })).toEqual([{ ...groupNamed('sales'), version: 1 }]);
        expect((await then.tenant(acme.id).phones.state(phone.id)).served).toEqual({});
        await expect(then.tenant(acme.id).groups.create(groupNamed('third'))).rejects.toThrow('read only');
      } finally {
        await end();
      }
      expect(await ours.groups.count()).toBe(2);
    });

    test('what comes back keeps its version, so that nobody overwrites what he has not seen', async () => {
      expect(kept(await ours.groups.create(groupNamed('sales'), 7)).version).toBe(7);
      expect(kept(await ours.phones.create(phoneNumber(1, acme), 3)).version).toBe(3);
      expect((await ours.groups.byKey('sales'))?.version).toBe(7);
      expect(await ours.groups.replace(groupNamed('sales'), 1)).toMatchObject({ error: { kind: 'stale', version: 7 } });
    });

    test('clearing removes everything of everybody, and nothing when its transaction fails', async () => {
      const [group, person, extension] = [groupNamed('sales'), personNamed('ada'), extensionNumber('100')];
      kept(await ours.groups.create(group));
      kept(await ours.groups.create(groupNamed('inner', { parent: group.id })));
      kept(await ours.people.create({ ...person, groups: [group.id] }));
      kept(await ours.extensions.create(extension));
      const phone = kept(
        await ours.phones.create(phoneNumber(1, acme, { ...withExtensions(extension), person: person.id })),
      );
      await ours.phones.updateState(phone.id, () => served);
      await ours.uploads.put(phone.id, 'log', Buffer.from('x'), new Date(0), 3);
      kept(await store.platform.templates.create(templateNamed('desk')));
      const user = kept(await store.platform.users.create(userNamed('root')));
      kept(await store.platform.tokens.create(accessTokenOf(user, 'one')));
      await store.platform.saveDocument({ settings: { 'time.ntp1': { value: 'ntp.example.com' } } });
      const failed = store.transaction(async (inside) => {
        await inside.clear();
        throw new Error('no');
      });
      await expect(failed).rejects.toThrow('no');
      expect(await store.platform.tenants.count()).toBe(2);

      await store.transaction((inside) => inside.clear());
      const { platform } = store;
      for (const repository of [platform.tenants, platform.templates, platform.users, platform.tokens])
        expect(await repository.count()).toBe(0);
      expect(await store.platform.document()).toEqual({ settings: {} });
      expect(await store.directory.byMac(macNumber(1))).toBeUndefined();
      kept(await store.platform.tenants.create(acme));
      kept(await ours.phones.create(phoneNumber(1, acme)));
      expect(await ours.phones.state(phone.id)).toEqual({ given: [], served: {} });
      expect(await ours.uploads.list(phone.id)).toEqual([]);
    });
  });
}

describe('in memory', () => {
  describeStore(() => Promise.resolve(memoryStore({ crypto })));
});

describe('on SQLite', () => {
  const directory = mkdtempSync(join(tmpdir(), 'offhook-store-'));
  let files = 0;
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });
  describeStore(() => openSqlite({ file: join(directory, `${++files}.db`), cipher, crypto }));
});

describe.skipIf(!(await hasPostgres()))('on PostgreSQL', () => {
  let server: TestPostgres;
  let url: string;
  beforeAll(async () => {
    server = await startPostgres();
    url = await server.createDatabase();
  });
  afterAll(() => server.stop());
  describeStore(async () => {
    await server.empty(url);
    return openPostgres({ url, cipher, crypto });
  });
});
