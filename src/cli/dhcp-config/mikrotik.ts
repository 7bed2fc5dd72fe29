import type { ClassOption, DhcpClass } from '../../domain/dhcp/classes.ts';
import { aboutClass, framed, hexOfAddresses, hexOfText, safelyAlways, type WriteDhcpConfig } from './writing.ts';

const HEAD = [
  'Offhook: what IP phones are told, for MikroTik RouterOS (7.16 and later).',
  'Paste it into a terminal. It holds for all DHCP servers of the router; server=NAME in a matcher restricts it.',
  'Unverified: written after the manual, never run on a router. If a matcher asks for an address pool, add address-pool=NAME.',
];

/** Nothing in it that RouterOS gives a meaning between quotation marks, `$` above all. */
const READABLE = /^[A-Za-z0-9._:/-]+$/;

// s'…' is a text even where it looks like an address; 0x… goes out as it stands.
function valueText({ value }: ClassOption): string {
  switch (value.type) {
    case 'text':
      return READABLE.test(value.text) ? `"s'${value.text}'"` : `0x${hexOfText(value.text)}`;
    case 'addresses':
      return `0x${hexOfAddresses(value.addresses)}`;
    case 'octets':
      return `0x${value.hex}`;
  }
}

const said = ({ code, value }: ClassOption): readonly string[] =>
  value.type === 'text' && !READABLE.test(value.text) ? [`Option ${code} is "${value.text}".`] : [];

const NO_SIADDR =
  'The field siaddr is not set: it is next-server in /ip dhcp-server network, the same for all clients.';

// matching-type=substring finds a text at the beginning as well as further on; a match of the beginning alone there is not.
function classText(made: DhcpClass): string {
  const optionNames = made.options.map(({ code }) => `${made.name}-${code}`);
  return [
    '\n',
    aboutClass('#', made, ...made.options.flatMap(said), ...(made.nextServer === undefined ? [] : [NO_SIADDR])),
    '/ip dhcp-server option\n',
    ...made.options.map(
      (option) => `add name=${made.name}-${option.code} code=${option.code} value=${valueText(option)}\n`,
    ),
    '/ip dhcp-server option sets\n',
    `add name=${made.name} options=${optionNames.join(',')}\n`,
    '/ip dhcp-server matcher\n',
    ...made.prefixes.map(
      (prefix, index) =>
        `add name=${made.name}-${index + 1} server=all code=60 matching-type=substring value=${prefixText(prefix)} option-set=${made.name}\n`,
    ),
  ].join('');
}

const prefixText = (prefix: string): string =>
  /^[A-Za-z0-9 .,_-]+$/.test(prefix) ? `"${prefix}"` : `0x${hexOfText(prefix)}`;

/** RouterOS manual, "DHCP": options, option sets, option matcher. */
export const writeMikrotik: WriteDhcpConfig = safelyAlways((made) =>
  framed('#', HEAD, made, made.classes.map(classText).join('')),
);
