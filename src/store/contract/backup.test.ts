import { describe, expect, test } from 'vitest';
import {
  accessTokenOf,
  extensionNumber,
  groupNamed,
  macNumber,
  personNamed,
  phoneNumber,
  templateNamed,
  userNamed,
  withExtensions,
} from '../../../test/kit/store-objects.ts';
import { acme, kept, onEveryStore, ours, served, store } from '../../../test/kit/every-store.ts';

onEveryStore(() => {
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
});
