import { beforeEach, describe, expect, test } from 'vitest';
import { TOKEN_PURPOSE } from '../../app/ports.ts';
import { Secret } from '../../domain/secret.ts';
import {
  extensionNumber,
  groupNamed,
  id,
  macNumber,
  personNamed,
  phoneNumber,
  templateNamed,
  withExtensions,
} from '../../../test/kit/store-objects.ts';
import { acme, crypto, kept, onEveryStore, ours, rival, served, store, theirs } from '../../../test/kit/every-store.ts';

onEveryStore(() => {
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
      expect(await ours.phones.whole(id('phone-1'))).toBeUndefined();
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

    test('a phone is read with its state and the extensions of its lines at once', async () => {
      const phone = kept(await ours.phones.create(phoneNumber(1, acme, withExtensions(first, second))));
      const other = kept(await ours.phones.create(phoneNumber(2, acme)));
      const unserved = { given: [], served: {} };
      expect(await ours.phones.whole(other.id)).toEqual({ phone: other, state: unserved, extensions: [] });
      expect(await ours.phones.whole(phone.id)).toMatchObject({ phone, state: unserved });
      await ours.phones.updateState(phone.id, () => served);
      const { extensions = [], ...rest } = (await ours.phones.whole(phone.id)) ?? {};
      expect(rest).toEqual({ phone, state: served });
      expect(extensions.map(({ number }) => number).toSorted()).toEqual([first.number, second.number]);
      expect(extensions.find(({ id: of }) => of === first.id)).toEqual(await ours.extensions.byId(first.id));
    });
  });
});
