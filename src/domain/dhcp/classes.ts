import type { VendorId } from '../ids.ts';
import { ok, type Result } from '../result.ts';
import { encodeAddresses, encodeSubOptions, encodeText, hexOf, type SubText } from './encode.ts';
import type { DhcpOption, DhcpPlan, SubOption } from './plan.ts';
import type { DhcpProblem } from './problem.ts';
import type { Whereabouts } from './whereabouts.ts';

/** Whatever a DHCP server calls it, this goes over the wire: the text's ASCII, four octets for each address, or these octets. */
export type OptionValue =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'addresses'; readonly addresses: readonly string[] }
  | { readonly type: 'octets'; readonly hex: string; readonly subOptions: readonly SubText[] };

export interface ClassOption {
  readonly code: number;
  readonly value: OptionValue;
}

/** The phones of one maker, and what a DHCP server tells them. */
export interface DhcpClass {
  readonly name: string;
  readonly vendor: VendorId;
  readonly maker: string;
  /** Option 60 begins with one of these. */
  readonly prefixes: readonly string[];
  readonly options: readonly ClassOption[];
  /** The field siaddr (RFC 2131 §2), for phones that boot by TFTP. */
  readonly nextServer?: string;
  /** What is left out and why, and what nobody has confirmed: for the person who reads it. */
  readonly remarks: readonly string[];
}

/** A maker whose phones a DHCP server can tell nothing. */
export interface Untold {
  readonly vendor: VendorId;
  readonly reason: string;
}

/** What is asked of a maker's driver. */
export interface DhcpMaker {
  readonly id: VendorId;
  readonly name: string;
  readonly dhcp: DhcpPlan;
  readonly boot: { readonly factoryTransport: 'tftp' | 'http' };
}

const NO_TFTP = 'names the TFTP server, and the TFTP door is closed';
const NO_DIRECTORY = 'names the bootstrap door, and that is closed';
const NO_ADDRESS = 'takes IPv4 addresses, and only a name of this server is known';

/** A value, or why there is none here. */
type Made = Result<OptionValue | { readonly leftOut: string }, DhcpProblem>;

const leftOut = (reason: string): Made => ok({ leftOut: reason });

function textOption(thing: string, text: string): Made {
  const encoded = encodeText(thing, text);
  return encoded.ok ? ok({ type: 'text', text }) : encoded;
}

function addressOption(thing: string, addresses: readonly string[]): Made {
  const encoded = encodeAddresses(thing, addresses);
  return encoded.ok ? ok({ type: 'addresses', addresses }) : encoded;
}

const subText = (sub: SubOption, directory: string): SubText => ({
  code: sub.code,
  text: sub.carries === 'base' ? directory.replace(/\/$/, '') : sub.file,
});

function makeValue(option: DhcpOption, thing: string, where: Whereabouts): Made {
  const { host, address, directory, tftpPort } = where;
  switch (option.form) {
    case 'host':
      return tftpPort === undefined ? leftOut(NO_TFTP) : textOption(thing, host);
    case 'addresses':
      if (tftpPort === undefined) return leftOut(NO_TFTP);
      return address === undefined ? leftOut(NO_ADDRESS) : addressOption(thing, [address]);
    case 'url':
      return directory === undefined ? leftOut(NO_DIRECTORY) : textOption(thing, directory + (option.file ?? ''));
    case 'encapsulated': {
      if (directory === undefined) return leftOut(NO_DIRECTORY);
      const subOptions = option.subOptions.map((sub) => subText(sub, directory));
      const encoded = encodeSubOptions(thing, subOptions, option);
      return encoded.ok ? ok({ type: 'octets', hex: hexOf(encoded.value), subOptions }) : encoded;
    }
  }
}

interface MadeOptions {
  readonly options: readonly ClassOption[];
  readonly remarks: readonly string[];
}

function makeOptions(maker: DhcpMaker, where: Whereabouts): Result<MadeOptions, DhcpProblem> {
  const options: ClassOption[] = [];
  const remarks: string[] = [];
  for (const option of maker.dhcp.options) {
    const made = makeValue(option, `option ${option.code} of ${maker.id}`, where);
    if (!made.ok) return made;
    if ('leftOut' in made.value) remarks.push(`Option ${option.code} is left out: it ${made.value.leftOut}.`);
    else options.push({ code: option.code, value: made.value });
  }
  return ok({ options, remarks });
}

// RFC 1350 §4: a transfer is asked for at port 69, and a bare host has no room for another.
const TFTP_PORT = 69;

/** A bare host has no room for a port, nor for a tenant's prefix. */
function bareRemarks({ dhcp }: DhcpMaker, where: Whereabouts, options: readonly ClassOption[]): readonly string[] {
  const bare = dhcp.options
    .filter(({ form }) => form === 'host' || form === 'addresses')
    .filter(({ code }) => options.some((option) => option.code === code))
    .map(({ code }) => code)
    .join(' or ');
  if (bare === '') return [];
  return [
    ...(where.tftpPort === TFTP_PORT
      ? []
      : [`A phone that takes option ${bare} asks by TFTP at port ${TFTP_PORT}; the TFTP door is at another one.`]),
    ...(where.ofTenant ? [`A phone that takes option ${bare} asks by TFTP and is not told of the tenant.`] : []),
  ];
}

const SIADDR = 'Unverified: that these phones look at next-server (siaddr); no source says it.';

function makeClass(maker: DhcpMaker, where: Whereabouts, { options, remarks }: MadeOptions): DhcpClass {
  const nextServer = maker.boot.factoryTransport === 'tftp' && where.tftpPort !== undefined ? where.address : undefined;
  return {
    name: `offhook-${maker.id}`,
    vendor: maker.id,
    maker: maker.name,
    prefixes: maker.dhcp.prefixes,
    options,
    ...(nextServer === undefined ? {} : { nextServer }),
    remarks: [
      ...remarks,
      ...bareRemarks(maker, where, options),
      ...(maker.dhcp.unverified === undefined ? [] : [`Unverified: ${maker.dhcp.unverified}`]),
      ...(nextServer === undefined ? [] : [SIADDR]),
    ],
  };
}

export interface DhcpClasses {
  readonly classes: readonly DhcpClass[];
  readonly untold: readonly Untold[];
}

/** What a DHCP server tells each maker's phones, whatever server that is. */
export function dhcpClasses(makers: readonly DhcpMaker[], where: Whereabouts): Result<DhcpClasses, DhcpProblem> {
  const classes: DhcpClass[] = [];
  const untold: Untold[] = [];
  for (const maker of makers) {
    if (maker.dhcp.prefixes.length === 0) {
      untold.push({ vendor: maker.id, reason: `${maker.name}: these find no server by DHCP.` });
      continue;
    }
    const made = makeOptions(maker, where);
    if (!made.ok) return made;
    if (made.value.options.length > 0) classes.push(makeClass(maker, where, made.value));
    else untold.push({ vendor: maker.id, reason: `${maker.name}: ${made.value.remarks.join(' ')}` });
  }
  return ok({ classes, untold });
}
