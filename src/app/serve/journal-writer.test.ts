import { expect, test } from 'vitest';
import { requestNumber } from '../../../test/kit/store-objects.ts';
import { StoreFull, type Journal, type RequestRecord } from '../ports.ts';
import { JournalWriter } from './journal-writer.ts';

test('C3 while the disk is full the journal waits in memory that does not grow, and what waited is written when there is room', async () => {
  const disk: { full: boolean; records: RequestRecord[] } = { full: true, records: [] };
  const journal: Journal = {
    list: () => Promise.resolve(disk.records),
    trim: () => Promise.resolve(),
    append: (lines) => {
      if (disk.full) return Promise.reject(new StoreFull('the disk is full'));
      const text = new TextDecoder().decode(lines);
      for (const line of text.split('\n').slice(0, -1)) disk.records.push(JSON.parse(line) as RequestRecord);
      return Promise.resolve();
    },
  };
  const events: string[] = [];
  const note = (event: string): void => void events.push(event);
  const writer = new JournalWriter(journal, { info: note, warn: note, error: note });
  for (let n = 0; n < 50_000; n++) {
    writer.add(requestNumber(n));
    if (n % 5_000 === 0) await writer.flush();
  }
  expect(writer.level()).toEqual({ waiting: 20_000, dropped: 30_000 });
  disk.full = false;
  await writer.flush();
  expect(writer.level()).toEqual({ waiting: 0, dropped: 30_000 });
  expect(disk.records.map(({ id }) => id)).toEqual(Array.from({ length: 20_000 }, (_, n) => requestNumber(n).id));
  expect(events.filter((event) => event === 'journal_dropped')).toHaveLength(1);
});
