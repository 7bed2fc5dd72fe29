import type { ClassOption, DhcpClass } from '../../domain/dhcp/classes.ts';
import {
  aboutClass,
  definitionsOf,
  framed,
  hexOfText,
  safelyAlways,
  type Definition,
  type WriteDhcpConfig,
} from './writing.ts';

const HEAD = [
  'Offhook: what IP phones are told, for the DHCP server of Windows (Server 2012 and later).',
  'Run it in a PowerShell with administrator rights on that server. It holds for all scopes.',
  'Unverified: written after the reference of these commands, never run on such a server.',
];

const TYPES = {
  text: '-Type String',
  addresses: '-Type IPv4Address -MultiValued',
  octets: '-Type BinaryData',
} as const satisfies Record<Definition['type'], string>;

// Between single quotation marks PowerShell replaces nothing, not even `$`.
const quoted = (text: string): string => `'${text}'`;

const octets = (hex: string): string => (hex.match(/../g) ?? []).map((octet) => `0x${octet}`).join(',');

/** Option 43 is binary there, also where a maker wants a text in it. */
function valueText({ code, value }: ClassOption): string {
  switch (value.type) {
    case 'text':
      return code === 43 ? octets(hexOfText(value.text)) : quoted(value.text);
    case 'addresses':
      return value.addresses.map(quoted).join(',');
    case 'octets':
      return octets(value.hex);
  }
}

const NO_SIADDR = 'The field siaddr is not set: these commands have nothing for it.';

/** A vendor class for each beginning of option 60; the asterisk in the policy lets anything follow. */
function classText(made: DhcpClass): string {
  const names = made.prefixes.map((prefix, index) => ({ prefix, name: `${made.name}-${index + 1}` }));
  const any = names.map(({ name }) => quoted(`${name}*`)).join(',');
  return [
    '\n',
    aboutClass('#', made, ...(made.nextServer === undefined ? [] : [NO_SIADDR])),
    ...names.map(
      ({ prefix, name }) => `Add-DhcpServerv4Class -Type Vendor -Name ${quoted(name)} -Data ${quoted(prefix)}\n`,
    ),
    `Add-DhcpServerv4Policy -Name ${quoted(made.name)} -Condition OR -VendorClass EQ,${any}\n`,
    ...made.options.map(
      (option) =>
        `Set-DhcpServerv4OptionValue -PolicyName ${quoted(made.name)} -OptionId ${option.code} -Value ${valueText(option)}\n`,
    ),
  ].join('');
}

/** Microsoft's reference of the module DhcpServer. */
export const writeWindows: WriteDhcpConfig = safelyAlways((made) => {
  const definitions = definitionsOf(made.classes).map(
    ({ name, code, type }) =>
      `Add-DhcpServerv4OptionDefinition -OptionId ${code} -Name ${quoted(name)} ${TYPES[type]}\n`,
  );
  return framed('#', HEAD, made, [...definitions, ...made.classes.map(classText)].join(''));
});
