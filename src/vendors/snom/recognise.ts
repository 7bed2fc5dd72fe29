import { parseFirmwareVersion } from '../../domain/firmware-version.ts';
import type { ModelId } from '../../domain/ids.ts';
import { oui, ouiOf, parseMac, type Mac } from '../../domain/mac.ts';
import { modelId, vendorId, type Recogniser, type Recognisers } from '../kit/driver.ts';
import { modelNamed } from './models.ts';
import { identify } from './trust.ts';

export const VENDOR = vendorId('snom');

/** Snom itself, and RTX, who make the DECT bases. */
export const OUIS = [oui('000413'), oui('00087b')] as const;

// Gigaset sells Snom phones of these blocks under its own name (P-series), so they say nothing of the maker. Parts of
// 00041380 and 000413d8 are Gigaset's too; there the User-Agent decides.
const GIGASET_BLOCK = /^000413e[2357]/;

// Seen: "Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 2010.12-00004-g9ba52f5 000413922D24 SXM:0 UXM:0)"; 7.x and 8.4
// have no MAC there.
const DESK = /\bsnom(?<model>[a-z0-9]{1,12})-SIP\s{1,4}(?<firmware>\d[\d.]{0,31})(?<rest>[^)]{0,200})/i;
// Seen: "Mozilla/4.0 (compatible; Snom M900 05.20.0001 000413b60680)".
const DECT = /\bsnom\s?(?<model>M\d{3})\s{1,4}(?<firmware>\d[\d.]{0,31})(?<rest>[^)]{0,200})/i;
// Seen: "Mozilla/4.0 (compatible; snom lid 3605)": the boot loader of 6.5, which says neither model nor firmware.
const BOOT_LOADER = /\bsnom\s{1,4}lid\s{1,4}\d{1,8}\b/i;
const MAC = /(?<![0-9a-z-])(?<mac>[0-9a-f]{12})(?![0-9a-z-])/i;

const macIn = (text: string | undefined): { readonly mac?: Mac } => {
  const mac = parseMac(MAC.exec(text ?? '')?.groups?.['mac'] ?? '');
  return mac.ok ? { mac: mac.value } : {};
};

const modelIn = (token: string): ModelId => modelNamed(token)?.id ?? modelId(token);

export const byUserAgent: Recogniser = ({ userAgent = '' }) => {
  const text = userAgent.slice(0, 512);
  if (!/snom/i.test(text)) return undefined;
  const evidence = `User-Agent ${JSON.stringify(text)}`;
  const seen = (DESK.exec(text) ?? DECT.exec(text))?.groups;
  if (seen === undefined)
    return BOOT_LOADER.test(text) ? { source: 'user_agent', vendor: VENDOR, evidence } : undefined;
  return {
    source: 'user_agent',
    vendor: VENDOR,
    model: modelIn(seen['model'] ?? ''),
    firmware: parseFirmwareVersion(seen['firmware'] ?? ''),
    ...macIn(seen['rest']),
    evidence,
  };
};

const MODEL_FILE = /^snom(?<model>[a-z]{0,2}\d{3}|MP|PA1)(?:-(?<mac>[0-9a-f]{12}))?\.htm$/i;
const MAC_FILE = /^(?<mac>[0-9a-f]{12})\.xml$/i;

/** `snomD345-000413A11FA7.htm` is ours alone; `{MAC}.xml` is shared with other makers, so the MAC must be ours. */
export const byPath: Recogniser = ({ path = '' }) => {
  const file = path.slice(path.lastIndexOf('/') + 1);
  if (!/\.(?:htm|xml)$/i.test(file)) return undefined;
  const evidence = `file ${JSON.stringify(path.slice(0, 512))}`;
  const named = MODEL_FILE.exec(file)?.groups;
  if (named !== undefined)
    return {
      source: 'path',
      vendor: VENDOR,
      model: modelIn(named['model'] ?? ''),
      ...macIn(named['mac']),
      evidence,
    };
  const { mac } = macIn(MAC_FILE.exec(file)?.groups?.['mac']);
  if (mac === undefined || !OUIS.includes(ouiOf(mac)) || GIGASET_BLOCK.test(mac)) return undefined;
  return { source: 'path', vendor: VENDOR, mac, evidence };
};

/** Desk phones send exactly `snomD785`; what a DECT base sends begins with `snomM700`. Snom wiki, "DHCP options". */
const DESK_CLASS = /^snom(?<model>D?\d{3}|SP\d{3}|MP|PA1)$/i;
const DECT_CLASS = /^snom(?<model>M\d{3})(?!\d)/i;
export const DHCP_CLASSES: readonly RegExp[] = [DESK_CLASS, DECT_CLASS];

export const byDhcpClass: Recogniser = ({ dhcpClass = '' }) => {
  const model = (DESK_CLASS.exec(dhcpClass) ?? DECT_CLASS.exec(dhcpClass))?.groups?.['model'];
  return model === undefined
    ? undefined
    : {
        source: 'dhcp_class',
        vendor: VENDOR,
        model: modelIn(model),
        evidence: `DHCP class ${JSON.stringify(dhcpClass.slice(0, 64))}`,
      };
};

/** Only a certificate that a CA imported for Snom signed, and whose subject names one MAC. */
export const byCertificate: Recogniser = ({ certificate }) => {
  if (certificate === undefined || certificate.rejected !== undefined || !certificate.verifiedFor.includes(VENDOR))
    return undefined;
  const identity = identify(certificate.subject);
  if (identity?.mac === undefined) return undefined;
  return {
    source: 'certificate',
    vendor: VENDOR,
    mac: identity.mac,
    evidence: `certificate ${certificate.fingerprint} of ${identity.mac}`,
  };
};

export const recognise: Recognisers = { byCertificate, byUserAgent, byPath, byDhcpClass };
