import { parseFirmwareVersion } from '../../domain/firmware-version.ts';
import { parseMac } from '../../domain/mac.ts';
import type { Clue } from '../../domain/recognise/clue.ts';
import { modelId, vendorId, type Recogniser, type Recognisers } from '../kit/driver.ts';
import { modelNamed, models } from './models.ts';
import { isOurs } from './ouis.ts';
import { identify } from './trust.ts';

const vendor = vendorId('yealink');

// Longer than any User-Agent or file name that a phone sends, short enough that no pattern below takes long.
const LONGEST = 200;

const VERSION = '(\\d{1,5}(?:\\.\\d{1,5}){1,7})';
const MAC = '((?:[0-9a-f]{2}:){5}[0-9a-f]{2})';

// Seen in the field: `Yealink SIP-T46S 66.84.0.15 00:15:65:aa:bb:cc`, `yealink SIP-T28P …`, `Yealink SIP-T38G  38.70…` with two
// blanks, `Yealink SIP VP-T49G …`, `Yealink CP860 …`. Without `auto_provision.user_agent_mac.enable` there is no MAC (V81).
const STANDARD = new RegExp(`^yealink +(?:SIP(?: VP)?-)?(\\w{1,20}) +${VERSION}(?: +${MAC})?$`, 'i');
// `W52P 25.30.0.2 00:15:65:44:b3:7c`, `VP530P 23.70.0.40 …`: the maker's name is missing.
const BARE = new RegExp(`^(VP530P?|W5[26]P|W60B) +${VERSION} +${MAC}$`, 'i');
// `Yealink-T46G 28.71.0.81 28.1.0.128.0.0.0`: the second number is the hardware; the MAC stands in the path only.
const DASHED = new RegExp(`^yealink-(\\w{1,20}) +${VERSION} +\\d{1,5}(?:\\.\\d{1,5}){0,9}$`, 'i');

/** Model names are printed in capitals; a name that is not on the list stays as it was sent. */
const modelOf = (token: string): Clue['model'] => modelNamed(token)?.id ?? modelId(token.toUpperCase());

export const byUserAgent: Recogniser = ({ userAgent }) => {
  if (userAgent === undefined || userAgent.length > LONGEST) return undefined;
  const text = userAgent.trim();
  // Each holds model, version and MAC in this order, the last not in all.
  const [, name, version, ownMac = ''] = STANDARD.exec(text) ?? BARE.exec(text) ?? DASHED.exec(text) ?? [];
  if (name === undefined || version === undefined) return undefined;
  const model = modelOf(name);
  const mac = parseMac(ownMac);
  return {
    source: 'user_agent',
    vendor,
    ...(model === undefined ? {} : { model }),
    firmware: parseFirmwareVersion(version),
    ...(mac.ok ? { mac: mac.value } : {}),
    evidence: `User-Agent ${JSON.stringify(userAgent)}`,
  };
};

// `{mac}.cfg` is asked for by phones of many makers, so the MAC must be one of ours. No other maker asks for `y` and twelve
// digits; y000000000000.boot is asked for by every model.
const OWN_FILE = /^(?:[^/]{1,100}\/)*([0-9a-f]{12})(?:\.boot|\.cfg|-local\.cfg|-contact\.xml|(?:_Security)?\.enc)$/i;
const MODEL_FILE = /^(?:[^/]{1,100}\/)*(?<stem>y\d{12})(?<extension>\.cfg|\.boot|(?:_Security)?\.enc)$/i;

function byModelFile(path: string): Clue | undefined {
  const seen = MODEL_FILE.exec(path)?.groups;
  if (seen?.['stem'] === undefined) return undefined;
  const stem = seen['stem'].toLowerCase();
  const alike = models.filter((model) => model.fileStem === stem);
  const [only] = seen['extension']?.toLowerCase() === '.boot' || alike.length !== 1 ? [] : alike;
  return {
    source: 'path',
    vendor,
    ...(only === undefined ? {} : { model: only.id }),
    evidence: `file ${JSON.stringify(path)}`,
  };
}

export const byPath: Recogniser = ({ path }) => {
  if (path === undefined || path.length > LONGEST) return undefined;
  const mac = parseMac(OWN_FILE.exec(path)?.[1] ?? '');
  if (!mac.ok) return byModelFile(path);
  return isOurs(mac.value)
    ? { source: 'path', vendor, mac: mac.value, evidence: `file ${JSON.stringify(path)}` }
    : undefined;
};

/** Option 60 is `yealink` unless someone changed `auto_provision.dhcp_option.option60_value`. */
export const byDhcpClass: Recogniser = ({ dhcpClass }) =>
  dhcpClass !== undefined && /^yealink$/i.test(dhcpClass)
    ? { source: 'dhcp_class', vendor, evidence: `DHCP class ${JSON.stringify(dhcpClass)}` }
    : undefined;

export const byCertificate: Recogniser = ({ certificate }) => {
  if (certificate === undefined || certificate.rejected !== undefined) return undefined;
  if (!certificate.verifiedFor.includes(vendor)) return undefined;
  const identity = identify(certificate.subject);
  if (identity === undefined) return undefined;
  return {
    source: 'certificate',
    vendor,
    ...(identity.mac === undefined ? {} : { mac: identity.mac }),
    ...(identity.generic === undefined ? {} : { generic: identity.generic }),
    evidence: `certificate ${certificate.fingerprint}`,
  };
};

export const recognise: Recognisers = { byCertificate, byUserAgent, byPath, byDhcpClass };
