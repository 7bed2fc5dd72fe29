import { parseMac } from '../../domain/mac.ts';
import type { SubjectField } from '../../domain/recognise/clue.ts';
import type { CertificateIdentity, PhoneTrust } from '../kit/driver.ts';

// Linksys SPA provisioning guide 3.0, "HTTPS": every unit made with firmware 2.0 or later carries a certificate of its own.

const PRODUCT = /^(?:SPA|PAP|WRP|RTP|ATA)[\w-]{1,12}$/i;
const SERIAL = /^\w{1,32}$/;
const BARE_MAC = /^[0-9a-f]{12}$/i;

/** `CN=SPA-525G2, MAC: 000e08abcdef, Serial: CBT141900G7` (seen). The whole field, so that nothing can stand beside it. */
const IN_ONE_NAME = /^(?<model>(?:SPA|PAP|ATA)[\w-]{1,12}), MAC: (?<mac>[0-9a-f]{12}), Serial: (?<serial>\w{1,32})$/i;

/** The one value of an attribute that may stand once only: a second one makes the subject nobody's. */
function only(subject: readonly SubjectField[], ...types: readonly string[]): string | undefined {
  const found = subject.filter((field) => types.includes(field.type.toUpperCase()));
  return found.length === 1 ? found[0]?.value : undefined;
}

/** `OU=SPA-962, L=88012BA01234, S=000e08abcdef`. */
// unverified: whether `S` is the state (which most tools print as ST) or the surname; both are read.
const placeOf = (subject: readonly SubjectField[]): string | undefined =>
  only(subject, 'S', 'ST', 'SN', 'STATEORPROVINCENAME', 'SURNAME');

// Units upgraded from firmware before 2.0 share one certificate: OU=cisco.com (or linksys.com), L=S=ciscogeneric.
const isGeneric = (subject: readonly SubjectField[]): boolean =>
  subject.some((field) => /^ciscogeneric$/i.test(field.value));

function inFields(subject: readonly SubjectField[]): CertificateIdentity | undefined {
  const model = only(subject, 'OU') ?? '';
  const place = placeOf(subject) ?? '';
  const serial = only(subject, 'L') ?? '';
  const mac = parseMac(place);
  if (!mac.ok || !BARE_MAC.test(place) || !PRODUCT.test(model)) return undefined;
  return { mac: mac.value, model, ...(SERIAL.test(serial) ? { serial } : {}) };
}

function inOneName(subject: readonly SubjectField[]): CertificateIdentity | undefined {
  const named = IN_ONE_NAME.exec(only(subject, 'CN') ?? '')?.groups;
  const mac = parseMac(named?.['mac'] ?? '');
  return named?.['model'] === undefined || named['serial'] === undefined || !mac.ok
    ? undefined
    : { mac: mac.value, model: named['model'], serial: named['serial'] };
}

/** A subject that names two phones names none. */
export function identify(subject: readonly SubjectField[]): CertificateIdentity | undefined {
  if (isGeneric(subject)) return { generic: true };
  const fields = inFields(subject);
  const name = inOneName(subject);
  return fields !== undefined && name !== undefined && fields.mac !== name.mac ? undefined : (fields ?? name);
}

export const trust: PhoneTrust = {
  // A server certificate signed by the maker's provisioning CA, and nothing else. The name must be the host's, and the
  // phone looks that name up and compares the address.
  trusts: 'maker_only',
  // SPA3xx/5xx, SPA1xx and ATA19x; SPA9xx and the older ATAs cannot, which security.serverTrust says for each.
  canInstallCa: true,
  canDisableCheck: false,
  certificate: {
    // The maker's guide names the file "Linksys/Sipura CA Client Root Certificate"; the operator imports it.
    authorities: ['Linksys/Sipura CA Client Root Certificate'],
    identify,
  },
  // Provisioning guide: Upgrade_Rule takes tftp or http.
  firmwarePlainOnly: (model) => model.family === 'spa9xx',
};
