import { isIpv4 } from '../../domain/dhcp/encode.ts';
import type { ClassOption, DhcpClass } from '../../domain/dhcp/classes.ts';
import { aboutClass, colons, framed, hexOfText, safelyAlways, type WriteDhcpConfig } from './writing.ts';

const HEAD = [
  'Offhook: what IP phones are told, for dnsmasq (checked with 2.90).',
  'Put it into a file of its own below /etc/dnsmasq.d, or at the end of dnsmasq.conf.',
];

function valueText({ value }: ClassOption): string {
  switch (value.type) {
    // dnsmasq puts a NUL after a text in option 66, which receivers cut off (RFC 2132 §2).
    // A text that looks like an address would go out as four octets, in quotation marks too.
    case 'text':
      return isIpv4(value.text) ? colons(hexOfText(value.text)) : `"${value.text}"`;
    case 'addresses':
      return value.addresses.join(',');
    case 'octets':
      return colons(value.hex);
  }
}

// dnsmasq(8), --dhcp-match: octets are compared from the beginning, a text with any part of the option.
const matchText = (name: string, prefix: string): string =>
  `# Option 60 begins with "${prefix}".\ndhcp-match=set:${name},60,${colons(hexOfText(prefix))}\n`;

const classText = (made: DhcpClass): string =>
  [
    '\n',
    aboutClass('#', made),
    ...made.prefixes.map((prefix) => matchText(made.name, prefix)),
    ...made.options.map((option) => `dhcp-option=tag:${made.name},${option.code},${valueText(option)}\n`),
    ...(made.nextServer === undefined
      ? []
      : [`dhcp-option=tag:${made.name},option:server-ip-address,${made.nextServer}\n`]),
  ].join('');

/** dnsmasq(8). */
export const writeDnsmasq: WriteDhcpConfig = safelyAlways((made) =>
  framed('#', HEAD, made, made.classes.map(classText).join('')),
);
