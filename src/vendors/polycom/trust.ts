import { parseMac } from '../../domain/mac.ts';
import type { SubjectField } from '../../domain/recognise/clue.ts';
import type { CertificateIdentity, PhoneTrust } from '../kit/driver.ts';

// unverified: letter case of the common name, and whether it has separators; the whole field must be one MAC.
const COMMON_NAME = /^(?:[0-9a-f]{12}|[0-9a-f]{2}(?::[0-9a-f]{2}){5}|[0-9a-f]{2}(?:-[0-9a-f]{2}){5})$/i;

/** Factory certificates are bound to the MAC (SIP 3.2/boot ROM 4.2 and later). Two names are no name. */
export function identify(subject: readonly SubjectField[]): CertificateIdentity | undefined {
  const [name, ...more] = subject.filter((field) => field.type.toUpperCase() === 'CN').map((field) => field.value);
  if (name === undefined || more.length > 0 || !COMMON_NAME.test(name)) return undefined;
  const mac = parseMac(name);
  return mac.ok && !/^0{12}$/.test(mac.value) ? { mac: mac.value } : undefined;
}

/** Source: maker's pages on device certificates and on custom CA certificates. */
export const trust: PhoneTrust = {
  trusts: 'public',
  canInstallCa: true,
  // Only the comparison of the name can be switched off.
  canDisableCheck: false,
  certificate: { authorities: ['Polycom Root CA'], identify },
};
