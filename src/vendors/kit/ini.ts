import type { FileLine, Param } from './driver.ts';
import { bareName, says } from './text.ts';

// C0 and C1 controls, the two separators that some readers take for a line end, and halves of characters, which UTF-8 lacks.
const BREAKS_A_LINE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\p{Surrogate}]/u;

/** Why a `name = value` line cannot hold the value: there is no escape in this format, so a line break would start a new parameter. */
export function unwritableInLine(value: string): string | undefined {
  if (BREAKS_A_LINE.test(value)) return 'holds a line break or control character, which a line-based file cannot carry';
  return value === value.trim() ? undefined : 'begins or ends with a blank, which the phone would drop';
}

export const iniLine = (param: Param): FileLine => says(`${bareName(param.name)} = ${param.value}`, param);

/** Reads `name = value` lines; comments and blank lines are passed over. */
export function readIni(text: string): readonly { readonly name: string; readonly value: string }[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
    .map((line) => {
      const at = line.indexOf('=');
      return at < 0
        ? { name: line.trim(), value: '' }
        : { name: line.slice(0, at).trim(), value: line.slice(at + 1).trim() };
    });
}
