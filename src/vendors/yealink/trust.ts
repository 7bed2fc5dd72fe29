import { parseMac } from '../../domain/mac.ts';
import type { SubjectField } from '../../domain/recognise/clue.ts';
import type { CertificateIdentity, PhoneTrust } from '../kit/driver.ts';

// Yealink security guides V80 to V87: two built-in certificates signed by the maker's CA, a unique one that carries the MAC
// and a generic one that all phones share; a phone upgraded from old firmware may have the generic one only.

/**
 * The whole CN is the MAC, or it names nobody. Two CNs, or a MAC inside a longer text, are no subject that the maker
 * issues and count as nothing; any other CN is the certificate that all phones share: membership, not identity.
 */
// unverified: letter case and separators of the MAC in the CN, and what the generic certificate's CN says.
export function identify(subject: readonly SubjectField[]): CertificateIdentity | undefined {
  const names = subject.filter((field) => field.type.toUpperCase() === 'CN').map((field) => field.value);
  const [name] = names;
  if (name === undefined || names.length > 1 || name.length > 64) return undefined;
  const mac = parseMac(name);
  if (mac.ok) return { mac: mac.value };
  const holdsMac = /[0-9a-f]{12}/i.test(name.replace(/[:. -]/g, ''));
  return holdsMac || !/^[\x20-\x7e]+$/.test(name) ? undefined : { generic: true };
}

export const trust: PhoneTrust = {
  // 30 public CAs on V7x and T49G, 76 to 186 on V8x; up to ten own ones by static.trusted_certificates.url.
  trusts: 'public',
  canInstallCa: true,
  canDisableCheck: true,
  certificate: {
    // unverified: common names of the authorities, from one public write-up.
    authorities: ['Yealink Equipment Issuing CA', 'Yealink Root CA'],
    identify,
  },
};
