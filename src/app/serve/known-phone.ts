import type { Phone } from '../../domain/phone.ts';
import type { Tenant } from '../../domain/tenant.ts';
import type { VendorDriver } from '../../vendors/kit/driver.ts';
import type { PhoneBundle } from './phone-bundle.ts';
import { firmwareOf, type Exposure } from './render-config.ts';
import type { Difference } from './sibling-difference.ts';

/** A file as it was rendered, and for which requests it is good. */
export interface KeptFile {
  readonly part: string;
  readonly exposure: Exposure;
  readonly firmware: string;
  /** The month that it was rendered in, in ms since 1970: some makers' daylight-saving rules are written for the year. */
  readonly from: number;
  readonly until: number;
  readonly contentType: string;
  readonly hash: string;
  readonly gaps: number;
  /** Names of parameters in it that the phone was never given before. */
  readonly news: readonly string[];
  readonly difference: Difference;
}

/**
 * What is remembered of a phone from one request to the next: enough to admit it and to hand out what was rendered. All
 * that rendering needs besides is some twenty times as much, and is read again when something has to be rendered.
 */
export interface KnownPhone {
  /** Of everything that its configuration depends on; as long as it is the same, so is what was remembered. */
  readonly fingerprint: string;
  readonly tenant: Tenant;
  readonly phone: Pick<
    Phone,
    'id' | 'tenant' | 'mac' | 'serial' | 'vendor' | 'blocked' | 'window' | 'token' | 'httpUser' | 'httpPassword'
  >;
  readonly driver: VendorDriver;
  /** Full files that went out completely, with their hashes; grows as they do. */
  readonly served: Map<string, string>;
  readonly firmwareSeen: string | undefined;
  /** The firmware to write for where a request does not tell. */
  readonly firmware: string;
  /** What was rendered, for the cache alone. */
  files: readonly KeptFile[];
  /** Memory that all of this takes, about. */
  bytes: number;
}

// Some twenty objects and strings.
const BYTES = 1_200;

export function knownPhone(bundle: PhoneBundle): KnownPhone {
  const { id, tenant, mac, serial, vendor, blocked, window, token, httpUser, httpPassword } = bundle.phone;
  return {
    fingerprint: bundle.fingerprint,
    tenant: bundle.tenant,
    phone: {
      id,
      tenant,
      ...(mac === undefined ? {} : { mac }),
      ...(serial === undefined ? {} : { serial }),
      vendor,
      blocked,
      ...(window === undefined ? {} : { window }),
      token,
      httpUser,
      httpPassword,
    },
    driver: bundle.driver,
    served: new Map(Object.entries(bundle.state.served).map(([name, { hash }]) => [name, hash])),
    firmwareSeen: bundle.state.seen?.firmware,
    firmware: firmwareOf(bundle, undefined).text,
    files: [],
    bytes: BYTES,
  };
}
