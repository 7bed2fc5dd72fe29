import { beforeEach, describe, expect, test } from 'vitest';
import { id, macNumber, phoneNumber } from '../../../test/kit/store-objects.ts';
import { acme, kept, onEveryStore, ours, rival, served, store, theirs } from '../../../test/kit/every-store.ts';

onEveryStore(() => {
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
      expect((await phones.whole(id('phone-2')))?.state.given).toEqual(['a', 'b', 'c']);
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
});
