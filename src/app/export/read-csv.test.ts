import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostileText } from '../../../test/kit/hostile-text.ts';
import { csvRecord } from './csv.ts';
import { unguardCell } from './guard-cell.ts';
import { readCsv, separatorOf } from './read-csv.ts';

const cell = fc.oneof(
  hostileText,
  fc.constantFrom('', '=1+1', "'=1", '+49 30', 'x;=1', '"', '""', '\r\n', '\r', ',', "'"),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });

test('what is written as CSV is read back exactly, formulas and all', () => {
  fc.assert(
    fc.property(rows, (written) => {
      const read = Array.from(readCsv(written.map(csvRecord).join(''), ','));
      expect(read.map(({ cells }) => cells.map(unguardCell))).toEqual(written);
      expect(read.some(({ broken }) => broken !== undefined)).toBe(false);
    }),
    { numRuns: 3000 },
  );
});

test('any text is read, in as many records as it has lines or fewer', () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, fc.string({ unit: 'binary' })), fc.constantFrom(',', ';', '\t'), (text, by) => {
      const read = Array.from(readCsv(text, by as ','));
      const lines = text.split(/\r\n|\r|\n/).length;
      expect(read.length).toBeLessThanOrEqual(lines);
      for (const { line } of read) expect(line).toBeLessThanOrEqual(lines);
    }),
    { numRuns: 2000 },
  );
});

test('a record is named by the line it begins on, and what is wrong with it stays its own', () => {
  const text = 'a,b\r\n"x\r\ny",1\n"z"z,2\r3,"4\n5,6';
  expect(Array.from(readCsv(text, ','))).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 2, cells: ['x\r\ny', '1'] },
    { line: 4, cells: ['z', '2'], broken: 'has text behind a closing quote' },
    { line: 5, cells: ['3', '4\n5,6'], broken: 'has a quote that is never closed' },
  ]);
});

test('the heading tells what the table separates by', () => {
  expect(separatorOf('mac;model\n1,2,3,4')).toBe(';');
  expect(separatorOf('mac\tmodel')).toBe('\t');
  expect(separatorOf('mac,model;x,y')).toBe(',');
  expect(separatorOf('mac')).toBe(',');
});
