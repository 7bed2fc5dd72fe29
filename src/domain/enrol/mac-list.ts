import { parseMac, type Mac } from '../mac.ts';

/** One phone of a list, or a line that none can be read from. Lines count from 1, as editors count them. */
export type MacLine =
  | { readonly line: number; readonly text: string; readonly mac: Mac; readonly model?: string }
  | { readonly line: number; readonly text: string; readonly problem: string };

const MAX_SHOWN = 80;

/** Beyond this a line is no list of MACs but a file of another kind. */
const MAX_WORDS = 1000;

/** What stands before the MAC on labels and in mails: `MAC:`, `MAC address`, `MAC-ID =`. */
const LABEL = /^"?mac(?:[ _-]?(?:addr(?:ess)?|id))?\.?"?(?=[\s:=#,;|]|$)[\s:=#]*/i;

/** The heading of a table that was pasted along with its rows. */
const HEADING = /^"?mac(?:[ _-]?(?:addr(?:ess)?|id))?s?"?(?:[\s,;|]+"?models?"?)?$/i;

/** How many digits a word has, and how many such words in a row are a MAC that was written with blanks. */
const WRITTEN_WITH_BLANKS = [
  { word: /^[0-9a-f]{2}$/i, words: 6 },
  { word: /^[0-9a-f]{4}$/i, words: 3 },
  { word: /^[0-9a-f]{6}$/i, words: 2 },
] as const;

interface Found {
  readonly mac: Mac;
  /** Words that it takes. */
  readonly words: number;
}

/** The MAC that begins at a word. `805e c012 3456` is one; `D785` alone, which is hexadecimal as well, is a model. */
function macAt(words: readonly string[], at: number): Found | undefined {
  const alone = parseMac(words[at] ?? '');
  if (alone.ok) return { mac: alone.value, words: 1 };
  for (const form of WRITTEN_WITH_BLANKS) {
    const run = words.slice(at, at + form.words);
    const mac = run.every((word) => form.word.test(word)) ? parseMac(run.join('')) : undefined;
    if (mac?.ok === true) return { mac: mac.value, words: form.words };
  }
  return undefined;
}

interface Words {
  readonly macs: readonly Mac[];
  /** What stands behind the last MAC. */
  readonly rest: readonly string[];
}

function findMacs(words: readonly string[]): Words {
  const macs: Mac[] = [];
  let at = 0;
  for (let found = macAt(words, at); found !== undefined; found = macAt(words, at)) {
    macs.push(found.mac);
    at += found.words;
  }
  return { macs, rest: words.slice(at) };
}

/** Why the words of a line cannot be taken for phones, if so. */
function whyUnread({ macs, rest }: Words): string | undefined {
  const [first = ''] = rest;
  if (macs.length === 0) return 'has no MAC address where one should begin: 12 hexadecimal digits';
  // A seventh octet, or what remains of a cut MAC: no maker has a model of two such digits.
  if (/^[0-9a-f]{2}$/i.test(first)) return 'has too many or too few digits for MAC addresses of 12';
  if (macs.length > 1 && rest.length > 0) return 'has several MAC addresses and more behind them: write one per line';
  return undefined;
}

const shown = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);

function readLine(text: string, line: number): readonly MacLine[] {
  const words = text
    .replace(LABEL, '')
    .split(/[\s,;|"']+/, MAX_WORDS + 1)
    .filter((word) => word !== '');
  if (words.length > MAX_WORDS)
    return [{ line, text: shown(text), problem: 'is too long for a list of MAC addresses' }];
  const found = findMacs(words);
  const problem = whyUnread(found);
  if (problem !== undefined) return [{ line, text: shown(text), problem }];
  const model = found.rest.length === 0 ? {} : { model: shown(found.rest.join(' ')) };
  return found.macs.map((mac) => ({ line, text: shown(text), mac, ...model }));
}

/**
 * A list of MACs as it is typed, pasted or scanned: one per line in any notation, its model behind it if need be, or several MACs
 * on one line. Blank lines, a heading above all and lines that begin with `#` say nothing.
 */
export function* readMacList(list: string): Generator<MacLine> {
  let line = 0;
  let isFirst = true;
  // A byte order mark is what Windows writes in front of its text files.
  for (const whole of list.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)) {
    line += 1;
    const text = whole.trim();
    if (text === '' || text.startsWith('#')) continue;
    if (!isFirst || !HEADING.test(text)) yield* readLine(text, line);
    isFirst = false;
  }
}
