import type { ClassOption, DhcpClass, DhcpClasses } from '../../domain/dhcp/classes.ts';
import { isIpv4 } from '../../domain/dhcp/encode.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { printable } from '../text.ts';

/** A value that a DHCP server's configuration could take for something else. */
export interface Unwritable {
  readonly kind: 'unwritable';
  readonly thing: string;
  readonly value: string;
}

/** Classes in the language of one DHCP server. */
export type WriteDhcpConfig = (made: DhcpClasses) => Result<string, Unwritable>;

// Every language here ends a text, opens an escape or a variable with one of these, or with a line break.
const QUOTABLE = /^[^\x00-\x1f"'`\\\x7f-\uffff]*$/;
const NAME = /^[a-z0-9-]{1,64}$/;
const HEX = /^(?:[0-9a-f]{2})+$/;

interface Check {
  readonly thing: string;
  readonly value: string;
  readonly fits: boolean;
}

/** A text stands between quotation marks, everything else without. */
function checksOfOption({ name }: DhcpClass, { code, value }: ClassOption): readonly Check[] {
  const thing = `option ${code} of ${name}`;
  const number = { thing: `number of an option of ${name}`, value: String(code), fits: code >= 1 && code <= 254 };
  switch (value.type) {
    case 'text':
      return [number, { thing, value: value.text, fits: QUOTABLE.test(value.text) }];
    case 'addresses':
      return [number, ...value.addresses.map((address) => ({ thing, value: address, fits: isIpv4(address) }))];
    case 'octets':
      return [number, { thing, value: value.hex, fits: HEX.test(value.hex) }];
  }
}

const checksOf = (made: DhcpClass): readonly Check[] => [
  { thing: 'name of a class', value: made.name, fits: NAME.test(made.name) },
  ...made.prefixes.map((prefix) => ({
    thing: `option 60 of ${made.name}`,
    value: prefix,
    fits: QUOTABLE.test(prefix),
  })),
  ...made.options.flatMap((option) => checksOfOption(made, option)),
  ...(made.nextServer === undefined
    ? []
    : [{ thing: `next-server of ${made.name}`, value: made.nextServer, fits: isIpv4(made.nextServer) }]),
];

/** Refuses what could break out of its place, before a writer quotes anything. */
export const safely =
  (write: (made: DhcpClasses) => Result<string, Unwritable>): WriteDhcpConfig =>
  (made) => {
    const found = made.classes.flatMap(checksOf).find(({ fits }) => !fits);
    return found === undefined ? write(made) : err({ kind: 'unwritable', thing: found.thing, value: found.value });
  };

/** As `safely`, for languages that can say everything that passes. */
export const safelyAlways = (write: (made: DhcpClasses) => string): WriteDhcpConfig =>
  safely((made) => ok(write(made)));

const WIDTH = 100;

/** A remark as comment lines: on whatever lines it came, each begins with the mark. */
export function comment(mark: string, text: string): string {
  const lines: string[] = [];
  for (const word of printable(text.replace(/\s+/g, ' ')).split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + word.length >= WIDTH) lines.push(`${mark} ${word}`);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.map((line) => `${line}\n`).join('');
}

const subOptionsText = ({ code, value }: ClassOption): readonly string[] =>
  value.type === 'octets'
    ? [`Option ${code} holds ${value.subOptions.map((sub) => `${sub.code} "${sub.text}"`).join(' and ')}.`]
    : [];

/** What a person should know about a class, in comment lines. */
export const aboutClass = (mark: string, { maker, options, remarks }: DhcpClass, ...more: readonly string[]): string =>
  [`${maker}.`, ...options.flatMap(subOptionsText), ...remarks, ...more].map((text) => comment(mark, text)).join('');

/** The head of a snippet and, at its end, the makers that have no class. */
export const framed = (mark: string, head: readonly string[], { untold }: DhcpClasses, body: string): string =>
  [
    ...head.map((text) => comment(mark, text)),
    body,
    ...untold.map(({ vendor, reason }) => comment(mark, `No class for ${vendor}. ${reason}`)),
  ].join('');

/** Options that every DHCP server knows by itself, with the name that most of them give it. */
export const STANDARD: Readonly<Record<number, string>> = {
  43: 'vendor-encapsulated-options',
  66: 'tftp-server-name',
};

export interface Definition {
  readonly code: number;
  readonly name: string;
  readonly type: ClassOption['value']['type'];
}

/** Options that must be defined before a class can use them, in ascending order. */
export const definitionsOf = (classes: readonly DhcpClass[]): readonly Definition[] =>
  Array.from(
    new Map(
      classes
        .flatMap(({ options }) => options)
        .filter(({ code }) => STANDARD[code] === undefined)
        .map(({ code, value }): [number, Definition] => [code, { code, name: `offhook-${code}`, type: value.type }]),
    ).values(),
  ).toSorted((a, b) => a.code - b.code);

export const optionName = (code: number): string => STANDARD[code] ?? `offhook-${code}`;

/** `79:65:61`, as two servers write octets. */
export const colons = (hex: string): string => hex.match(/../g)?.join(':') ?? '';

export const hexOfText = (text: string): string =>
  Array.from(text, (character) => character.charCodeAt(0).toString(16).padStart(2, '0')).join('');

/** Four octets for each address. */
export const hexOfAddresses = (addresses: readonly string[]): string =>
  addresses
    .flatMap((address) => address.split('.'))
    .map((octet) => Number(octet).toString(16).padStart(2, '0'))
    .join('');
