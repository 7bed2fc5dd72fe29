import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { oddityOfJson } from '../strict-json.ts';
import type { FieldPath } from '../../app/documents/issue.ts';

export interface Position {
  readonly line: number;
  readonly column: number;
}

export type ReadText =
  | { readonly ok: true; readonly value: unknown; readonly locate: (path: FieldPath) => Position | undefined }
  | { readonly ok: false; readonly errors: readonly (Position & { readonly message: string })[] };

/** Aliases that expand to more than this are a bomb, not a document. */
const MAX_ALIASES = 1000;

const MAX_DEPTH = 1000;

/** `0201` and `805e000001` are names that look like numbers: a number that is not written as we would write it stays text. */
function keepWrittenNumbers(document: Document): void {
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'number' && node.source !== undefined && String(node.value) !== node.source)
        node.value = node.source;
    },
  });
}

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

function readYaml(text: string): ReadText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0)
    return {
      ok: false,
      errors: document.errors.map((error) => ({
        ...position(error.pos[0]),
        message: error.message.split('\n')[0] ?? '',
      })),
    };
  keepWrittenNumbers(document);
  const locate = (path: FieldPath): Position | undefined => {
    const start = rangeOf(document, path);
    return start === undefined ? undefined : position(start);
  };
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown, locate };
  } catch (error) {
    return {
      ok: false,
      errors: [{ line: 1, column: 1, message: error instanceof Error ? error.message : 'unreadable' }],
    };
  }
}

/** More brackets within one another than any document has; the reader of YAML would take minutes over them. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** Reads YAML or JSON. JSON is read by itself, since that is ten times faster; its lines are looked for only when there are errors. */
export function readText(text: string): ReadText {
  if (isTooDeep(text)) return { ok: false, errors: [{ line: 1, column: 1, message: 'is too deep' }] };
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
