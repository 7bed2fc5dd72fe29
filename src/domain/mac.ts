import type { Brand } from './brand.ts';
import { err, ok, type Result } from './result.ts';

/** Twelve lower-case hexadecimal digits without separators: the one form used inside the server. */
export type Mac = Brand<string, 'Mac'>;

/** The IEEE assignment a MAC starts with. */
export type Oui = Brand<string, 'Oui'>;

export interface NotAMac {
  readonly kind: 'not_a_mac';
  readonly text: string;
}

/** Accepts `00:15:65:AA:BB:CC`, `00-15-65-…`, `0015.65aa.bbcc`, `00 15 65 …` and bare digits, as phones, switches and labels write them. */
export function parseMac(text: string): Result<Mac, NotAMac> {
  const digits = (text.length === 12 ? text : text.replace(/[:. -]/g, '')).toLowerCase();
  return /^[0-9a-f]{12}$/.test(digits) ? ok(digits as Mac) : err({ kind: 'not_a_mac', text });
}

/** Six hexadecimal digits of a catalogue entry; a typing mistake there is our bug. */
export function oui(digits: string): Oui {
  if (!/^[0-9a-f]{6}$/.test(digits)) throw new Error(`not an OUI: ${digits}`);
  return digits as Oui;
}

export const ouiOf = (mac: Mac): Oui => mac.slice(0, 6) as Oui;

export const macWithColons = (mac: Mac): string => mac.match(/../g)?.join(':') ?? mac;

/** The MAC that stands in a name among other things. Six zeros begin no phone's: `y000000000108.cfg` is a model's file. */
export function macIn(name: string): Mac | undefined {
  const digits = /(?<![0-9a-f])(?!0{6})[0-9a-f]{12}(?![0-9a-f])/i.exec(name)?.[0];
  return digits === undefined ? undefined : (digits.toLowerCase() as Mac);
}
