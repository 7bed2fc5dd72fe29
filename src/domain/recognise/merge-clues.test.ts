import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFirmwareVersion } from '../firmware-version.ts';
import type { ModelId, VendorId } from '../ids.ts';
import { parseMac, type Mac } from '../mac.ts';
import { CLUE_SOURCES, type Clue } from './clue.ts';
import { mergeClues } from './merge-clues.ts';

const yealink = 'yealink' as VendorId;
const snom = 'snom' as VendorId;
const mac = (text: string): Mac => {
  const parsed = parseMac(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
};
const clue = (source: Clue['source'], more: Partial<Clue> = {}): Clue => ({
  source,
  vendor: yealink,
  evidence: `${source} ${JSON.stringify(more)}`,
  ...more,
});

test('model: certificate before stored before User-Agent before path before OUI', () => {
  const models = ['certificate', 'stored', 'user_agent', 'path', 'oui'] as const;
  for (let strongest = 0; strongest < models.length; strongest++) {
    const clues = models.slice(strongest).map((source) => clue(source, { model: source as unknown as ModelId }));
    expect(mergeClues(clues.toReversed()).model).toBe(models[strongest]);
  }
});

test('firmware: what the phone says now before what it said last time', () => {
  const clues = [
    clue('stored', { firmware: parseFirmwareVersion('108.85.0.1') }),
    clue('user_agent', { firmware: parseFirmwareVersion('108.86.0.20') }),
  ];
  expect(mergeClues(clues).firmware?.text).toBe('108.86.0.20');
});

test('two different MACs are a conflict, not a vote', () => {
  const clues = [
    clue('user_agent', { mac: mac('001565000001') }),
    clue('path', { mac: mac('001565000002') }),
    clue('certificate', { mac: mac('001565000002') }),
  ];
  expect(mergeClues(clues).conflict?.field).toBe('mac');
});

test('a phone that says two makers is a conflict; an OUI that hints at another one is not', () => {
  expect(mergeClues([clue('user_agent'), clue('dhcp_class', { vendor: snom })]).conflict?.field).toBe('vendor');
  expect(mergeClues([clue('user_agent'), clue('oui', { vendor: snom })]).conflict).toBeUndefined();
});

test('nothing seen is nobody', () => {
  expect(mergeClues([])).toEqual({ evidence: [] });
});

const anyClue = fc.record({
  source: fc.constantFrom(...CLUE_SOURCES),
  vendor: fc.constantFrom(yealink, snom),
  evidence: fc.string({ maxLength: 8 }),
  mac: fc.option(fc.constantFrom(mac('001565000001'), mac('001565000002')), { nil: undefined }),
  serial: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
});

test('the result does not depend on the order in which recognisers ran', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(anyClue, { selector: (one) => `${one.source}/${one.evidence}/${one.vendor}` }),
      fc.integer(),
      (clues, seed) => {
        const shuffled = clues
          .toSorted((a, b) => ((a.evidence + String(seed)).length % 3) - ((b.evidence + String(seed)).length % 3))
          .toReversed();
        expect(mergeClues(shuffled as readonly Clue[])).toEqual(mergeClues(clues as readonly Clue[]));
      },
    ),
  );
});
