/** Parameters of a header value or URI: names in lower case; the value of one without `=` is ''. */
export type Parameters = ReadonlyMap<string, string>;

/**
 * Splits at `separator`, but not inside of a quoted string (RFC 3261 §25.1) or angle brackets. Pieces are trimmed; empty ones are
 * left out.
 */
export function splitOutside(text: string, separator: ',' | ';' | ' '): readonly string[] {
  const pieces: string[] = [];
  let start = 0;
  let isQuoted = false;
  let isBracketed = false;
  for (let place = 0; place < text.length; place++) {
    const sign = text[place];
    if (isQuoted && sign === '\\') place++;
    else if (sign === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (sign === '<') isBracketed = true;
    else if (sign === '>') isBracketed = false;
    else if (sign === separator && !isBracketed) {
      pieces.push(text.slice(start, place));
      start = place + 1;
    }
  }
  return [...pieces, text.slice(start)].map((piece) => piece.trim()).filter((piece) => piece !== '');
}

/** A quoted string without its quotes and escapes; any other text as it is. */
export function unquote(text: string): string {
  const isQuoted = text.length >= 2 && text.startsWith('"') && text.endsWith('"');
  return isQuoted ? text.slice(1, -1).replace(/\\(.)/gs, '$1') : text;
}

/** RFC 3261 §25.1, "quoted-string". */
export const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

function readOne(piece: string): readonly [string, string] {
  const equals = piece.indexOf('=');
  return equals < 0
    ? [piece.toLowerCase(), '']
    : [piece.slice(0, equals).trimEnd().toLowerCase(), unquote(piece.slice(equals + 1).trimStart())];
}

/** Of a name that stands twice the first counts, as a proxy before us would have read it. */
export const readParameters = (pieces: readonly string[]): Parameters => new Map(pieces.map(readOne).toReversed());
