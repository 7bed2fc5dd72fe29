import type { ClassOption, DhcpClass } from '../../domain/dhcp/classes.ts';
import { err, ok } from '../../domain/result.ts';
import {
  aboutClass,
  definitionsOf,
  framed,
  optionName,
  safely,
  type Definition,
  type Unwritable,
  type WriteDhcpConfig,
} from './writing.ts';

// Kea 2.2 refuses to define 159 anew: it is v4-portparams there (RFC 7618), and no text can be given to it.
const TAKEN: ReadonlySet<number> = new Set([159]);

const HEAD = [
  'Offhook: what IP phones are told, for Kea (checked with 2.2).',
  'Paste it into "Dhcp4"; where "option-def" or "client-classes" is there already, add the entries to its list.',
];

const TYPES = {
  text: { type: 'string' },
  addresses: { type: 'ipv4-address', array: true },
  octets: { type: 'binary' },
} as const satisfies Record<Definition['type'], object>;

const isWritable = ({ code }: { readonly code: number }): boolean => !TAKEN.has(code);

const test = ({ prefixes }: DhcpClass): string =>
  prefixes.map((prefix) => `substring(option[60].hex,0,${prefix.length}) == '${prefix}'`).join(' or ');

// Where an option's data is a text, Kea takes a comma for the end of the first value.
const hasComma = ({ value }: ClassOption): boolean => value.type === 'text' && value.text.includes(',');

function optionData({ code, value }: ClassOption): object {
  const named = { name: optionName(code), code };
  switch (value.type) {
    case 'text':
      return { ...named, data: value.text };
    case 'addresses':
      return { ...named, data: value.addresses.join(', ') };
    case 'octets':
      return { ...named, 'csv-format': false, data: value.hex };
  }
}

/** Option 43 means something else to every maker, so its form is defined in the class (Kea guide, "DHCPv4 Vendor-Specific Options"). */
const ownDefinitions = ({ options }: DhcpClass): readonly object[] =>
  options
    .filter(({ code }) => code === 43)
    .map(({ code, value }) => ({ name: optionName(code), code, ...TYPES[value.type] }));

function classObject(made: DhcpClass): object {
  const definitions = ownDefinitions(made);
  return {
    name: made.name,
    test: test(made),
    ...(made.nextServer === undefined ? {} : { 'next-server': made.nextServer }),
    ...(definitions.length === 0 ? {} : { 'option-def': definitions }),
    'option-data': made.options.filter(isWritable).map(optionData),
  };
}

const indented = (value: object): string => JSON.stringify(value, null, 2).replace(/^/gm, '  ');

const list = (name: string, entries: readonly string[]): string => `"${name}": [\n${entries.join(',\n')}\n]`;

function classText(made: DhcpClass): string {
  const left = made.options
    .filter((option) => !isWritable(option))
    .map(({ code }) => `Option ${code} is left out: Kea has a meaning of its own for it.`);
  return `${aboutClass('  //', made, ...left)}${indented(classObject(made))}`;
}

/** JSON with comments, as Kea reads it. */
export const writeKea: WriteDhcpConfig = safely((made) => {
  const { classes } = made;
  for (const { name, options } of classes) {
    const split = options.find(hasComma);
    if (split?.value.type === 'text')
      return err<Unwritable>({ kind: 'unwritable', thing: `option ${split.code} of ${name}`, value: split.value.text });
  }
  const definitions = definitionsOf(classes)
    .filter(isWritable)
    .map(({ name, code, type }) => `  ${JSON.stringify({ name, code, space: 'dhcp4', ...TYPES[type] })}`);
  const parts = [
    ...(definitions.length === 0 ? [] : [list('option-def', definitions)]),
    list('client-classes', classes.map(classText)),
  ];
  return ok(framed('//', HEAD, made, `${parts.join(',\n')}\n`));
});
