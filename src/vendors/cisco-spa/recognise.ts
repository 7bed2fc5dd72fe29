import { parseFirmwareVersion } from '../../domain/firmware-version.ts';
import { parseMac, type Mac } from '../../domain/mac.ts';
import type { Model } from '../../domain/model.ts';
import type { Clue } from '../../domain/recognise/clue.ts';
import { modelId, vendorId, type Recogniser, type Recognisers } from '../kit/driver.ts';
import { modelNamed, modelOfPsn, normalised } from './models.ts';
import { isOurs } from './ouis.ts';
import { identify } from './trust.ts';

export const VENDOR = vendorId('cisco-spa');

// Longer than any User-Agent or file name that a phone sends, short enough that no pattern below takes long.
const LONGEST = 200;

// Seen: "Linksys/SPA-942-6.1.5(a) (88019FA42805)". What stands in parentheses is the serial number even where it looks like
// a MAC; these phones never say their MAC here.
const LINKSYS =
  /^(?:Linksys|Sipura)\/(?<model>(?:SPA|PAP)[\w-]{1,12}?)-(?<version>\d[^\s-]{0,31}) \((?<serial>\w{1,32})\)$/i;
// Seen: "Cisco/SPA501G-7.4.4 (8843E157DDCC)(CBT141100HR)"; SPA525G: "Cisco/SPA525G-7.4.7 (CBT141900G7)".
const CISCO =
  /^Cisco\/(?<model>SPA\w{1,12})-(?<version>\S{1,32}) (?:\((?<mac>[0-9a-f]{12})\))?\((?<serial>\w{1,32})\)$/i;

const named = (text: string): NonNullable<Clue['model']> => modelNamed(text)?.id ?? modelId(normalised(text));

export const byUserAgent: Recogniser = ({ userAgent }) => {
  if (userAgent === undefined || userAgent.length > LONGEST) return undefined;
  const text = userAgent.trim();
  const seen = (LINKSYS.exec(text) ?? CISCO.exec(text))?.groups;
  if (seen?.['model'] === undefined || seen['version'] === undefined) return undefined;
  const mac = parseMac(seen['mac'] ?? '');
  return {
    source: 'user_agent',
    vendor: VENDOR,
    model: named(seen['model']),
    firmware: parseFirmwareVersion(seen['version']),
    ...(mac.ok ? { mac: mac.value } : {}),
    ...(seen['serial'] === undefined ? {} : { serial: seen['serial'] }),
    evidence: `User-Agent ${JSON.stringify(userAgent)}`,
  };
};

/** `spa942.cfg`, `spa504G.cfg`: spa$PSN.cfg of a factory phone, and `init.cfg` of a PAP2T. No other maker's phone asks for these. */
const MODEL_FILE = /^spa(?<psn>\d{3,4}[a-z]?\d?)\.cfg$/i;
const INIT_FILE = /^init\.cfg$/i;
/** Names in use for a phone's own file: `{mac}.xml` is shared with other makers, so the MAC must be ours. */
const OWN_FILE = /^(?<spa>spa)?(?<mac>[0-9a-f]{12})\.(?<extension>xml|cfg)$/i;

function byModelFile(file: string): Model | undefined | 'unknown' {
  if (INIT_FILE.test(file)) return modelNamed('PAP2T');
  const psn = MODEL_FILE.exec(file)?.groups?.['psn'];
  return psn === undefined ? undefined : (modelOfPsn(psn) ?? 'unknown');
}

/** `spa{mac}.cfg` is ours alone; `{mac}.xml` and `spa{mac}.xml` only with a MAC of ours. */
function macOfOwnFile(file: string): Mac | undefined {
  const own = OWN_FILE.exec(file)?.groups;
  const mac = parseMac(own?.['mac'] ?? '');
  if (own === undefined || !mac.ok) return undefined;
  const distinctive = own['spa'] !== undefined && own['extension']?.toLowerCase() === 'cfg';
  const shared = own['extension']?.toLowerCase() === 'xml' && isOurs(mac.value);
  return distinctive || shared ? mac.value : undefined;
}

export const byPath: Recogniser = ({ path }) => {
  if (path === undefined || path.length > LONGEST) return undefined;
  const file = path.slice(path.lastIndexOf('/') + 1);
  const model = byModelFile(file);
  const mac = model === undefined ? macOfOwnFile(file) : undefined;
  if (model === undefined && mac === undefined) return undefined;
  return {
    source: 'path',
    vendor: VENDOR,
    ...(model === undefined || model === 'unknown' ? {} : { model: model.id }),
    ...(mac === undefined ? {} : { mac }),
    evidence: `file ${JSON.stringify(path)}`,
  };
};

// Option 60 as seen: "LINKSYS SPA-942", "LINKSYS SPA8000", "Cisco SPA525g", "CISCO ATA191-MPP", "Cisco Systems, Inc. IP Phone
// SPA504G". An ATA190 speaks another format and is left to others.
export const DHCP_CLASSES: readonly RegExp[] = [
  /^LINKSYS (?<model>SPA-?\d{3,4}\w{0,3}|PAP2T?)/i,
  /^CISCO (?<model>SPA-?\d{3}\w{0,3}|ATA19[12]-MPP)/i,
  /^Cisco Systems, Inc\. IP Phone (?<model>SPA5\d\dG2?)$/i,
];

export const byDhcpClass: Recogniser = ({ dhcpClass }) => {
  if (dhcpClass === undefined || dhcpClass.length > LONGEST) return undefined;
  const model = DHCP_CLASSES.map((pattern) => pattern.exec(dhcpClass)?.groups?.['model']).find(
    (seen) => seen !== undefined,
  );
  return model === undefined
    ? undefined
    : {
        source: 'dhcp_class',
        vendor: VENDOR,
        model: named(model),
        evidence: `DHCP class ${JSON.stringify(dhcpClass)}`,
      };
};

export const byCertificate: Recogniser = ({ certificate }) => {
  if (certificate === undefined || certificate.rejected !== undefined) return undefined;
  if (!certificate.verifiedFor.includes(VENDOR)) return undefined;
  const identity = identify(certificate.subject);
  if (identity === undefined) return undefined;
  return {
    source: 'certificate',
    vendor: VENDOR,
    ...(identity.mac === undefined ? {} : { mac: identity.mac }),
    ...(identity.serial === undefined ? {} : { serial: identity.serial }),
    ...(identity.model === undefined ? {} : { model: named(identity.model) }),
    ...(identity.generic === undefined ? {} : { generic: identity.generic }),
    evidence: `certificate ${certificate.fingerprint}`,
  };
};

export const recognise: Recognisers = { byCertificate, byUserAgent, byPath, byDhcpClass };
