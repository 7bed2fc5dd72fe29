import { parseFirmwareVersion } from '../../domain/firmware-version.ts';
import { oui, ouiOf, parseMac, type Mac, type Oui } from '../../domain/mac.ts';
import type { Model } from '../../domain/model.ts';
import { modelId, vendorId, type Recogniser, type Recognisers } from '../kit/driver.ts';
import { findModel, models } from './models.ts';
import { identify } from './trust.ts';

const vendor = vendorId('polycom');

/** 0004f2, 64167f and 482567 in several public lists; f04ea4 seen in one Edge E350's User-Agent. */
export const ouis: readonly Oui[] = ['0004f2', '64167f', '482567', 'f04ea4'].map(oui);

const ofModels: readonly Oui[] = models.flatMap((model) => model.ouis ?? []);
const prefixes: ReadonlySet<Oui> = new Set([...ouis, ...ofModels]);
const isOurs = (mac: Mac): boolean => prefixes.has(ouiOf(mac));

/** A phone's own MAC; twelve zeros name the file for all. */
function macOf(text: string | undefined): Mac | undefined {
  const mac = text === undefined || /^0{12}$/.test(text) ? undefined : parseMac(text);
  return mac?.ok === true ? mac.value : undefined;
}

// `FileTransport PolyCCX-CCX_500-UA/9.4.1.0508 (SN:64167f9f4c90) Type/Application`; in SIP without the first word and, with
// sec.tagSerialNo, with the MAC after the version: `PolyEdge-Edge_E350-UA/8.3.1.0614_f04ea4691c59`.
const USER_AGENT =
  /^\s*(?<file>FileTransport\s+)?Poly(?:com)?\w{1,40}-(?<model>\w{1,40})-UA\/(?<version>\d[\d.]{0,40})(?:_(?<suffix>[0-9a-f]{12}))?(?:\s+\(SN:\s*(?<serial>[0-9a-f]{12})\))?(?:\s+Type\/(?<stage>Application|Updater))?\s*$/i;

// Asked by the application, never by the boot ROM: with old firmware, which has no Type/, the version is then that of SIP.
const APPLICATION_FILE =
  /(?:^|\/)(?:sip\.cfg|phone1\.cfg|common\.cfg|[0-9a-f]{12}-(?:offhook\.cfg|phone\.cfg|license\.cfg|directory\.xml|app\.log))$/i;

/** The updater tells its own version, not the firmware's. */
function tellsFirmware(groups: Readonly<Record<string, string | undefined>>, path: string | undefined): boolean {
  const stage = groups['stage']?.toLowerCase();
  if (stage !== undefined) return stage === 'application';
  return groups['file'] === undefined || (path !== undefined && APPLICATION_FILE.test(path));
}

const match = (pattern: RegExp, text: string | undefined): Readonly<Record<string, string | undefined>> | undefined =>
  text === undefined || text.length > 300 ? undefined : pattern.exec(text)?.groups;

export const byUserAgent: Recogniser = ({ userAgent, path }) => {
  const seen = match(USER_AGENT, userAgent);
  const token = seen?.['model'];
  if (seen === undefined || token === undefined) return undefined;
  const mac = macOf(seen['serial'] ?? seen['suffix']);
  return {
    source: 'user_agent',
    vendor,
    model: findModel(token)?.id ?? modelId(token.replaceAll('_', '').toUpperCase()),
    ...(tellsFirmware(seen, path) ? { firmware: parseFirmwareVersion(seen['version'] ?? '') } : {}),
    ...(mac === undefined ? {} : { mac }),
    evidence: `User-Agent ${JSON.stringify(userAgent)}`,
  };
};

// {mac}.cfg, {mac}-directory.xml, logs/{mac}-app.log, phone{mac}.cfg, VVX411-{mac}.cfg, {mac}_reg.cfg.
const MAC_PATH = /(?:^|\/)(?:[\w.]{1,40}-|[a-z]{1,20})?(?<mac>[0-9a-f]{12})(?:[-_][\w.-]{1,60})?\.(?:cfg|xml|log)$/i;
// Files of this maker that carry no MAC.
const OWN_PATH = /(?:^|\/)(?:0{12}(?:-directory\.xml|-license\.cfg|\.cfg)|\d{4}-\d{5}-\d{3}\.sip\.ld)$/i;

/** Names with a MAC are in use with other makers too: they count only where the MAC is one of ours. */
export const byPath: Recogniser = ({ path }) => {
  if (path === undefined || path.length > 300) return undefined;
  if (OWN_PATH.test(path)) return { source: 'path', vendor, evidence: `file ${JSON.stringify(path)}` };
  const mac = macOf(MAC_PATH.exec(path)?.groups?.['mac']);
  if (mac === undefined || !isOurs(mac)) return undefined;
  const only = models.filter((model: Model) => model.ouis?.includes(ouiOf(mac)) === true);
  const [model] = only;
  return {
    source: 'path',
    vendor,
    mac,
    ...(model === undefined ? {} : { model: model.id }),
    evidence: `file ${JSON.stringify(path)}`,
  };
};

/** unverified: the ASCII form of option 60, `Polycom-VVX411`. */
export const DHCP_CLASS = /^Poly(?:com)?-(?<model>\w{1,40})$/i;

export const byDhcpClass: Recogniser = ({ dhcpClass }) => {
  const token = match(DHCP_CLASS, dhcpClass)?.['model'];
  if (token === undefined) return undefined;
  const model = findModel(token);
  return {
    source: 'dhcp_class',
    vendor,
    ...(model === undefined ? {} : { model: model.id }),
    evidence: `DHCP class ${JSON.stringify(dhcpClass)}`,
  };
};

export const byCertificate: Recogniser = ({ certificate }) => {
  if (certificate === undefined || certificate.rejected !== undefined) return undefined;
  if (!certificate.verifiedFor.includes(vendor)) return undefined;
  const identity = identify(certificate.subject);
  return identity?.mac === undefined
    ? undefined
    : {
        source: 'certificate',
        vendor,
        mac: identity.mac,
        evidence: `certificate ${certificate.fingerprint} of ${identity.mac}`,
      };
};

export const recognise: Recognisers = { byCertificate, byUserAgent, byPath, byDhcpClass };
