/**
 * CSV says nothing of types, so a spreadsheet takes a cell for a formula by its first character, and runs it on the machine of
 * whoever opens the file. Besides `= + - @` there are TAB, CR and LF, which some strip first, and every character that
 * compatibility makes one of these (Unicode NFKC): full-width `＝`, superscript `⁺`, small `﹣`.
 */
const OPENS_FORMULA = /[=+\-@\t\r\n]/;

/** White space, marks that do not show, and quotes: whoever reads leniently takes them away before he looks at a cell. */
const PASSED_OVER = /[\s"'\u200b-\u200f\u2060\ufeff]/;

/** Where a cell may begin: also inside of ours, for a spreadsheet that separates by semicolons or tabs and reads quotes its own way. */
const SEPARATES = /[;\t\r\n]/;

/** For most text there is nothing to do, and this sees it at once. */
const SUSPECT = /[=+\-@\t\r\n]|[^\u0000-\u007f]/;

function opensFormula(characters: readonly string[], from: number): boolean {
  for (let at = from; at < characters.length; at++) {
    const character = characters[at] ?? '';
    if (OPENS_FORMULA.test(character.normalize('NFKC'))) return true;
    if (!PASSED_OVER.test(character)) return false;
  }
  return false;
}

const mayBegin = (characters: readonly string[], at: number): boolean =>
  at === 0 || SEPARATES.test(characters[at - 1] ?? '');

/**
 * The text with an apostrophe wherever a formula could begin. Whoever reads a CSV of ours gets the value back by this rule:
 *
 * Take the cell as CSV (RFC 4180) gives it. At its beginning, and behind every `;`, TAB, CR and LF in it: if an apostrophe stands
 * there, and behind it, apart from white space, quotes and invisible marks (`PASSED_OVER`), one of the characters that open a
 * formula (`OPENS_FORMULA`, after NFKC), take this one apostrophe away. All places are judged by the cell as it came, before any
 * is taken away. Then a cell that nobody has guarded, typed by hand, is the same after it as before, unless it begins with
 * an apostrophe of that kind.
 */
export function guardCell(text: string): string {
  if (!SUSPECT.test(text)) return text;
  const characters = Array.from(text);
  return characters
    .map((character, at) => (mayBegin(characters, at) && opensFormula(characters, at) ? `'${character}` : character))
    .join('');
}

/** The text that was guarded, by the rule above. */
export function unguardCell(text: string): string {
  if (!text.includes("'")) return text;
  const characters = Array.from(text);
  const isGuard = (character: string, at: number): boolean =>
    character === "'" && mayBegin(characters, at) && opensFormula(characters, at + 1);
  return characters.filter((character, at) => !isGuard(character, at)).join('');
}
