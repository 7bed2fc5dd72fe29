/** No document of ours is as deep. */
const MAX_DEPTH = 64;

/** Where the string that begins at `start` ends: at a quote with an even number of backslashes before it. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/** A name as it reads once its escapes are resolved: `"\u0061"` is `a`. */
function nameIn(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    // What is no JSON is refused by whoever reads it next; here only names are compared.
    return quoted;
  }
}

/** Notes a name of the object around it, and says whether it was there already. */
function isTwice(names: Set<string> | undefined, name: string): boolean {
  if (names?.has(name) === true) return true;
  names?.add(name);
  return false;
}

/**
 * What is wrong with a JSON text that `JSON.parse` takes without a word: a name that stands twice in one object, of which only the
 * last would count (RFC 8259 §4), and a depth that nobody needs. Looks at each character once.
 */
export function oddityOfJson(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  let quoted = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      quoted = text.slice(at, end + 1);
      at = end;
    } else if (character === '{' || character === '[') {
      if (open.push(character === '{' ? new Set() : undefined) > MAX_DEPTH) return 'it is too deep';
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === ':') {
      const name = nameIn(quoted);
      if (isTwice(open.at(-1), name)) return `the name ${JSON.stringify(name.slice(0, 80))} stands twice`;
    }
  }
  return undefined;
}
