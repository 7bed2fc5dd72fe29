import { describe, expect, test } from 'vitest';
import type { Store } from '../../app/ports.ts';
import { id, linesOf, macNumber, phoneNumber, requestNumber } from '../../../test/kit/store-objects.ts';
import { acme, kept, onEveryStore, ours, rival, store } from '../../../test/kit/every-store.ts';

onEveryStore(() => {
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
});
