import { beforeEach, describe, expect, test } from 'vitest';
import {
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
  userNamed,
  withExtensions,
} from '../../../test/kit/store-objects.ts';
import { acme, kept, onEveryStore, ours, rival, served, store, theirs } from '../../../test/kit/every-store.ts';

onEveryStore(() => {
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
});
