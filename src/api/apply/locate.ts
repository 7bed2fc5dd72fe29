import {
  Composer,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  visit,
  YAMLParseError,
  type CST,
  type Document,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { oddityOfJson } from '../strict-json.ts';
import type { FieldPath } from '../../app/documents/issue.ts';

export interface Position {
  readonly line: number;
  readonly column: number;
}

export type ReadText =
  | { readonly ok: true; readonly value: unknown; readonly locate: (path: FieldPath) => Position | undefined }
  | { readonly ok: false; readonly errors: readonly Mistake[] };

/** Aliases that expand to more than this are a bomb, not a document. */
const MAX_ALIASES = 1000;

/** Levels within one another; what describes an installation has about ten. */
const MAX_DEPTH = 64;

type Mistake = Position & { readonly message: string };

const mistake = (message: string, position: Position = { line: 1, column: 1 }): Mistake => ({ ...position, message });

/** `0201` and `805e000001` are names that look like numbers: a number that is not written as we would write it stays text. */
function keepWrittenNumber(node: Scalar): void {
  if (typeof node.value === 'number' && node.source !== undefined && String(node.value) !== node.source)
    node.value = node.source;
}

/** Where the first key stands that is in its map twice: by a set, since the library compares each key with each. */
function repeatedKey(map: YAMLMap): number | undefined {
  const seen = new Set<string>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    if (seen.has(name)) return key.range?.[0] ?? 0;
    seen.add(name);
  }
  return undefined;
}

/** Keys that are maps or lists are written out as text by the library, each with all that is in it: hours for a kilobyte. */
const isName = (key: unknown): boolean => key === null || isScalar(key);

/** Prepares the parsed document for its conversion; returns what forbids it. */
function prepare(document: Document, position: (offset: number) => Position): Mistake | undefined {
  let found: Mistake | undefined;
  const stop = (message: string, offset: number): symbol => {
    found = mistake(message, position(offset));
    return visit.BREAK;
  };
  visit(document, {
    Scalar: (_, node) => {
      keepWrittenNumber(node);
    },
    Collection: (_, node, path) => {
      // A map's value is two steps below it: the pair stands between them.
      if (path.filter(isCollection).length >= MAX_DEPTH) return stop('is too deep', node.range?.[0] ?? 0);
      const again = isMap(node) ? repeatedKey(node) : undefined;
      return again === undefined ? undefined : stop('Map keys must be unique', again);
    },
    Pair: (_, pair) => (isName(pair.key) ? undefined : stop('A key must be a name', rangeStart(pair.key))),
  });
  return found;
}

const rangeStart = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);

/** The place of a field, or of the innermost one around it that is there. */
function rangeOf(document: Document, path: FieldPath): number | undefined {
  let node: unknown = document.contents;
  let start: number | undefined;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) break;
      if (isScalar(pair.key)) start = pair.key.range?.[0] ?? start;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if ((isMap(node) || isSeq(node) || isScalar(node)) && node.range) start = node.range[0];
    } else break;
  }
  return start;
}

/** More mistakes than anybody is told are looked for in vain: a megabyte of them would take half a minute. */
const MAX_MISTAKES = 200;

function* untilTooManyMistakes(tokens: Iterable<CST.Token>): Iterable<CST.Token> {
  let mistakes = 0;
  for (const token of tokens) {
    yield token;
    if (token.type === 'error' && ++mistakes === MAX_MISTAKES) return;
  }
}

/** As the library's `parseDocument`, but no further than to the last mistake that counts. */
function readDocument(text: string, lines: LineCounter): Document {
  // Without its drawings of the lines around an error, which cost more than the reading.
  const composer = new Composer({ merge: true, uniqueKeys: false, prettyErrors: false });
  const tokens = untilTooManyMistakes(new Parser(lines.addNewLine).parse(text));
  const [document, second] = composer.compose(tokens, true, text.length);
  if (document === undefined) throw new Error('no document, although one was to be made of nothing');
  if (second !== undefined)
    document.errors.push(new YAMLParseError([second.range[0], second.range[1]], 'MULTIPLE_DOCS', SECOND_DOCUMENT));
  return document;
}

const SECOND_DOCUMENT = 'there is a second document in it; write one only';

function parseYaml(text: string): ReadText {
  const lines = new LineCounter();
  const document = readDocument(text, lines);
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0)
    return { ok: false, errors: document.errors.map(({ message, pos }) => mistake(message, position(pos[0]))) };
  const forbidden = prepare(document, position);
  if (forbidden !== undefined) return { ok: false, errors: [forbidden] };
  const locate = (path: FieldPath): Position | undefined => {
    const start = rangeOf(document, path);
    return start === undefined ? undefined : position(start);
  };
  return { ok: true, value: document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown, locate };
}

/** What the library throws, it throws over the document: too many aliases, or nested beyond its stack. */
function readYaml(text: string): ReadText {
  try {
    return parseYaml(text);
  } catch (error) {
    return { ok: false, errors: [mistake(error instanceof Error ? error.message : 'unreadable')] };
  }
}

/** Whether more brackets are open at once than a document may have levels. */
function isDeeper(tokens: Iterable<string>): boolean {
  let depth = 0;
  for (const token of tokens) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

function* brackets(text: string): Iterable<string> {
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) yield bracket;
}

/** More brackets within one another than any document has; the reader of YAML would take minutes over them. Those in texts do not count: the lexer tells, where there are enough of them to ask it. */
const isTooDeep = (text: string): boolean => isDeeper(brackets(text)) && isDeeper(new Lexer().lex(text));

/** Reads YAML or JSON. JSON is read by itself, since that is ten times faster; its lines are looked for only when there are errors. */
export function readText(text: string): ReadText {
  if (isTooDeep(text)) return { ok: false, errors: [mistake('is too deep')] };
  if (!/^\s*\{/.test(text) || oddityOfJson(text) !== undefined) return readYaml(text);
  try {
    const value: unknown = JSON.parse(text);
    let yaml: ReadText | undefined;
    const locate = (path: FieldPath): Position | undefined => {
      yaml ??= readYaml(text);
      return yaml.ok ? yaml.locate(path) : undefined;
    };
    return { ok: true, value, locate };
  } catch {
    // YAML's flow style looks like JSON, and its reader says where a mistake is.
    return readYaml(text);
  }
}
