import { parseMac } from '../../domain/mac.ts';
import type { SubjectField } from '../../domain/recognise/clue.ts';
import type { CertificateIdentity, PhoneTrust } from '../kit/driver.ts';

const isCommonName = (field: SubjectField): boolean => /^(cn|2\.5\.4\.3)$/i.test(field.type);

/**
 * The common name is the MAC and nothing else (Snom wiki, "TLS Support"); its letter case is unverified, so both are
 * taken. A subject with two common names names nobody.
 */
export function identify(subject: readonly SubjectField[]): CertificateIdentity | undefined {
  const names = subject.filter(isCommonName);
  const [name] = names;
  if (name === undefined || names.length > 1 || !/^[0-9a-f]{12}$/i.test(name.value)) return undefined;
  const mac = parseMac(name.value);
  return mac.ok ? { mac: mac.value } : undefined;
}

/**
 * 10.x checks against a built-in list of public CAs, 8.x checks nothing as it leaves the factory. Every model but the old
 * 3xx has a factory certificate and shows it when asked. Source: Snom wiki, "TLS Support".
 */
export const trust: PhoneTrust = {
  trusts: 'public',
  canInstallCa: true,
  canDisableCheck: true,
  // unverified: the common name of the CA; the wiki only says that Snom's phone CA issues them.
  certificate: { authorities: ['Snom phone CA (name unverified)'], identify },
};
