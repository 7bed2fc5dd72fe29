import type { ClassOption, DhcpClass } from '../../domain/dhcp/classes.ts';
import {
  aboutClass,
  colons,
  definitionsOf,
  framed,
  optionName,
  safelyAlways,
  type Definition,
  type WriteDhcpConfig,
} from './writing.ts';

const HEAD = [
  'Offhook: what IP phones are told, for ISC dhcpd (checked with 4.4).',
  'Paste it into dhcpd.conf, outside of every subnet.',
];

const TYPES = {
  text: 'text',
  addresses: 'array of ip-address',
  octets: 'string',
} as const satisfies Record<Definition['type'], string>;

function valueText({ value }: ClassOption): string {
  switch (value.type) {
    case 'text':
      return `"${value.text}"`;
    case 'addresses':
      return value.addresses.join(', ');
    case 'octets':
      return colons(value.hex);
  }
}

const matching = ({ prefixes }: DhcpClass): string =>
  prefixes
    .map((prefix) => `(substring(option vendor-class-identifier, 0, ${prefix.length}) = "${prefix}")`)
    .join('\n    or ');

const classText = (made: DhcpClass): string =>
  [
    '\n',
    aboutClass('#', made),
    `class "${made.name}" {\n`,
    `  match if ${matching(made)};\n`,
    ...(made.nextServer === undefined ? [] : [`  next-server ${made.nextServer};\n`]),
    ...made.options.map((option) => `  option ${optionName(option.code)} ${valueText(option)};\n`),
    '}\n',
  ].join('');

/** dhcpd.conf(5), dhcp-options(5), dhcp-eval(5). */
export const writeIsc: WriteDhcpConfig = safelyAlways((made) => {
  const definitions = definitionsOf(made.classes).map(
    ({ name, code, type }) => `option ${name} code ${code} = ${TYPES[type]};\n`,
  );
  return framed('#', HEAD, made, [...definitions, ...made.classes.map(classText)].join(''));
});
