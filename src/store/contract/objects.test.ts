import { describe, expect, test } from 'vitest';
import { Secret } from '../../domain/secret.ts';
import {
  accessTokenOf,
  extensionNumber,
  groupNamed,
  id,
  macNumber,
  personNamed,
  phoneNumber,
  profileNamed,
  templateNamed,
  userNamed,
  withExtensions,
} from '../../../test/kit/store-objects.ts';
import { acme, kept, onEveryStore, ours, rival, store, theirs } from '../../../test/kit/every-store.ts';

onEveryStore(() => {
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
});
