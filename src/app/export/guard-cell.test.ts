import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFormula, readCsv, unguardCell } from '../../../test/kit/csv.ts';
import { hostileText } from '../../../test/kit/hostile-text.ts';
import { csvRecord } from './csv.ts';
import { guardCell } from './guard-cell.ts';

/** Text made of what opens formulas, separates and quotes. */
const formulas = fc
  .array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', ';', ',', '"', "'", ' ', 'a', '1'),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom('＝', '＋', '－', '＠', '⁼', '﹣', '\u00a0', '\u200b', '\ufeff', '\r\n'),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 3 }) },
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const cell = fc.oneof(formulas, hostileText, fc.string({ unit: 'binary', maxLength: 8 }));
const rows = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 4 });

const file = (values: readonly (readonly string[])[]): string => values.map(csvRecord).join('');

test('R7 what was exported is read back exactly, once the guard is taken away', () => {
  fc.assert(
    fc.property(rows, (values) => {
      expect(readCsv(file(values)).map((row) => row.map(unguardCell))).toEqual(values);
    }),
    { numRuns: 2000 },
  );
});

test('R7 no cell begins a formula, whatever a spreadsheet separates by', () => {
  fc.assert(
    fc.property(rows, fc.constantFrom(',', ';', '\t'), (values, separator) => {
      const cells = readCsv(file(values), separator).flat();
      expect(cells.filter(isFormula)).toEqual([]);
      if (separator === ',') expect(cells.filter((one) => /^[\t\r\n]/.test(one))).toEqual([]);
    }),
    { numRuns: 3000 },
  );
});

test('R7 ordinary text stays as it is, and what opens a formula gets one apostrophe', () => {
  for (const text of ['', 'Alice', "O'Hara", 'a=b', 'Müller; Söhne', '201', "'tis", 'x - y', '日本'])
    expect(guardCell(text)).toBe(text);
  expect(guardCell('=cmd()')).toBe("'=cmd()");
  expect(guardCell('+4930')).toBe("'+4930");
  expect(guardCell("'=1")).toBe("''=1");
  expect(guardCell('  ＝1')).toBe("'  ＝1");
  expect(guardCell('x;=1+1')).toBe("x;'=1+1");
});
