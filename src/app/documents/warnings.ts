import type { KeyLayout } from '../../domain/key.ts';
import type { SettingEntries } from '../../domain/resolve/layers.ts';
import { Secret } from '../../domain/secret.ts';
import type { LoweredRule } from '../../domain/tenant.ts';
import type { VendorDriver } from '../../vendors/kit/driver.ts';
import { surplusLineKeys } from './key-checks.ts';

/** What is allowed, but should be looked at. It stands as long as its cause does. */
export interface Warning {
  readonly code:
    | 'default-admin-password'
    | 'surplus-line-key'
    | 'srtp-without-tls'
    | 'lowered-policy'
    | 'user-access-unsupported'
    | 'allowed-domains-line-1-only'
    | 'pbx-services-without-line-1';
  readonly field: string;
  readonly message: string;
}

const warning = (code: Warning['code'], field: string, message: string): Warning => ({ code, field, message });

/** A factory password left in place lets anyone on the LAN into the phone (S4.60). */
export function warnOfAdminPassword(value: unknown, driver: VendorDriver | undefined): readonly Warning[] {
  const field = 'settings.security.adminPassword';
  if (!(value instanceof Secret))
    return [warning('default-admin-password', field, 'is not set: the phone keeps the password of the factory')];
  const isFactory = driver?.instructions.defaultLogin.some((login) => login.password === value.reveal()) === true;
  return isFactory ? [warning('default-admin-password', field, 'is the password of the factory')] : [];
}

export const warnOfLineKeys = (keys: KeyLayout): readonly Warning[] =>
  surplusLineKeys(keys).map((slot) =>
    warning('surplus-line-key', `keys.${slot}`, 'a second key for the same extension: one carries eight calls already'),
  );

/** Without TLS the keys of SRTP travel in the clear (S4.79). */
export const warnOfSrtp = (srtp: unknown, transport: unknown, field: string): readonly Warning[] =>
  srtp === undefined || srtp === 'off' || transport === 'tls'
    ? []
    : [
        warning(
          'srtp-without-tls',
          field,
          'without TLS as transport, and a certificate at the PBX, the keys of SRTP travel in the clear',
        ),
      ];

/** Rights of the User account on a maker's phones that cannot be told them, or not without a value. */
export function warnOfUserAccess(settings: SettingEntries, driver: VendorDriver | undefined): readonly Warning[] {
  if (driver === undefined || driver.userAccess === 'per_parameter') return [];
  const { userAccess } = driver;
  return Object.entries(settings).flatMap(([id, entry]) => {
    if (entry.access === undefined && id !== 'security.userAccess') return [];
    if (typeof userAccess === 'object')
      return [warning('user-access-unsupported', `settings.${id}`, userAccess.unsupported)];
    return 'value' in entry
      ? []
      : [
          warning(
            'user-access-unsupported',
            `settings.${id}`,
            `${driver.name} takes a right only together with a value`,
          ),
        ];
  });
}

export const warnOfAllowedDomains = (value: unknown): readonly Warning[] =>
  value === undefined
    ? []
    : [
        warning(
          'allowed-domains-line-1-only',
          'settings.security.allowedDomains',
          'phones apply the list to line 1 only: lines 2 and up may register anywhere',
        ),
      ];

/** A lowered policy is a standing warning (product.md, Proof). */
export const warnOfLoweredPolicy = (rules: readonly LoweredRule[]): readonly Warning[] =>
  rules.map((rule, index) =>
    warning(
      'lowered-policy',
      `policy.lowered[${index}]`,
      `${rule.content} content is given at level ${rule.level} on the ${rule.door} door from ${rule.networks.join(', ')}`,
    ),
  );

/** PBX services are tied to the extension of line 1 (S4.80). */
export const warnOfServices = (used: boolean, lines: readonly number[]): readonly Warning[] =>
  used && lines.length > 0 && !lines.includes(1)
    ? [
        warning(
          'pbx-services-without-line-1',
          'settings.services.directoryLookupUrl',
          'PBX services belong to the extension of line 1, and this phone has none there',
        ),
      ]
    : [];

/** The value that one layer gives a setting; undefined where it gives none. */
export const valueIn = (settings: SettingEntries, id: keyof SettingEntries): unknown => {
  const entry = settings[id];
  return entry !== undefined && 'value' in entry ? entry.value : undefined;
};
