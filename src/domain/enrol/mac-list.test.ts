import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostileText } from '../../../test/kit/hostile-text.ts';
import { readMacList } from './mac-list.ts';

const read = (text: string): unknown[] =>
  Array.from(readMacList(text), (row) =>
    'mac' in row ? [row.line, row.mac, ...(row.model === undefined ? [] : [row.model])] : [row.line, row.problem],
  );

test('a MAC is read in every notation that labels, switches and spreadsheets use', () => {
  for (const written of [
    '805ec0000001',
    '80:5E:C0:00:00:01',
    '80-5e-c0-00-00-01',
    '805e.c000.0001',
    '805ec0-000001',
    '80 5e c0 00 00 01',
    '805e c000 0001',
    '805EC0 000001',
    'MAC: 80:5E:C0:00:00:01',
    'MAC 805ec0000001',
    'MAC address = 805ec0000001',
    'mac-id:805ec0000001',
    '"805ec0000001"',
    '\t805ec0000001  ',
  ])
    expect(read(written), written).toEqual([[1, '805ec0000001']]);
});

test('the model stands behind the MAC, whatever lies between, also where its name is hexadecimal', () => {
  for (const between of [' ', ',', ', ', ';', '\t', ' | ', '","'])
    expect(read(`805ec0000001${between}T46U`), between).toEqual([[1, '805ec0000001', 'T46U']]);
  expect(read('00 04 13 00 00 01 D785')).toEqual([[1, '000413000001', 'D785']]);
  expect(read('000413000001 Snom D785')).toEqual([[1, '000413000001', 'Snom D785']]);
});

test('several MACs stand on one line, and each is a phone of that line', () => {
  expect(read('805ec0000001, 805ec0000002 80:5e:c0:00:00:03')).toEqual([
    [1, '805ec0000001'],
    [1, '805ec0000002'],
    [1, '805ec0000003'],
  ]);
});

test('what could be read in two ways is not read at all', () => {
  expect(read('805ec0000001 805ec0000002 T46U')).toEqual([[1, expect.stringContaining('one per line')]]);
  expect(read('80 5e c0 00 00 01 02')).toEqual([[1, expect.stringContaining('digits')]]);
  expect(read('80:5e:c0:00:00:01:02')).toEqual([[1, expect.stringContaining('12 hexadecimal digits')]]);
  expect(read('MAC:')).toEqual([[1, expect.stringContaining('no MAC address')]]);
  expect(read('805ec00000 1')).toEqual([[1, expect.stringContaining('no MAC address')]]);
});

test('blank lines, remarks and a heading say nothing, and lines keep their numbers whatever ends them', () => {
  expect(read('\ufeff# second floor\r\nMAC;Model\r\n\r\n805ec0000001;T46U\rx\n805ec0000002')).toEqual([
    [4, '805ec0000001', 'T46U'],
    [5, expect.any(String)],
    [6, '805ec0000002'],
  ]);
  // Only above the others: below them somebody forgot what was to follow.
  expect(read('805ec0000001\nMAC')).toEqual([
    [1, '805ec0000001'],
    [2, expect.any(String)],
  ]);
});

test('any text is read, every line of it is a phone or a problem of its own, and nothing long is repeated', () => {
  const piece = fc.oneof(hostileText, fc.constantFrom('805ec0000001', '80 5e c0 00 00 01', ' T46U', 'MAC: ', '\n'));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const text = pieces.join('');
      const lines = text.split(/\r\n|\r|\n/);
      for (const row of readMacList(text)) {
        expect(row.line).toBeLessThanOrEqual(lines.length);
        expect(row.text.length).toBeLessThanOrEqual(81);
        if ('mac' in row) expect(row.mac).toMatch(/^[0-9a-f]{12}$/);
        else expect(row.problem).not.toBe('');
      }
    }),
    { numRuns: 1000 },
  );
  expect(read('z'.repeat(100_000))).toHaveLength(1);
  expect(read('805ec0000001,'.repeat(5000))).toEqual([[1, expect.stringContaining('too long')]]);
});
