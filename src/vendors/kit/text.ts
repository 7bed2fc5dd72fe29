import type { FileLine, Param } from './driver.ts';

/** The name as the phone reads it: without the `#tag` that lets one parameter stand twice. */
export function bareName(name: string): string {
  const tag = name.indexOf('#');
  return tag === -1 ? name : name.slice(0, tag);
}

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

// Only XML is ever sent as ISO-8859-1 (SPA9xx), so what that charset lacks can be a character reference (XML 1.0 §4.1).
const referToTheRest = (text: string): string =>
  text.replace(/[^\u0000-\u00ff]/gu, (character) => `&#${character.codePointAt(0) ?? 0xfffd};`);

/** Lines → the bytes that go out, each line ended with LF. */
export function toBytes(lines: readonly FileLine[], charset: 'utf-8' | 'iso-8859-1'): Uint8Array {
  let text = '';
  for (const line of lines) text += `${line.text}\n`;
  return charset === 'utf-8' ? new TextEncoder().encode(text) : latin1(referToTheRest(text));
}

/** A line that only frames the document. */
export const frame = (text: string): FileLine => ({ text });

/** The line that says one parameter. */
export const says = (text: string, param: Param): FileLine => ({ text, param });
