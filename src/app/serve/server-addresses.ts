import type { Phone } from '../../domain/phone.ts';
import type { ServerTrust } from '../../domain/settings/security.ts';
import type { PhoneDoor, Tenant } from '../../domain/tenant.ts';
import type { VendorDriver } from '../../vendors/kit/driver.ts';

/** How phones reach this server and why they can trust it; made once from the configuration, renewed when a certificate is. */
export interface ServerAddresses {
  /** Host name that phones are told. */
  readonly host: string;
  /** Ports of the doors that are open. */
  readonly ports: Readonly<Partial<Record<PhoneDoor, number>>>;
  /** The path below which the legacy door serves, without slashes. */
  readonly alias: string;
  readonly trust: ServerTrust;
  /** Our own CA certificate in PEM; empty where every door has a bought certificate. */
  readonly caPem: string;
  /** The certificate of the SPA door is signed by the maker, so SPA phones accept it. */
  readonly spaTrusted: boolean;
  /** The directory of one phone: with its own token, or the tenant's where HTTP authentication proves who it is. */
  phoneDirectory(driver: VendorDriver, tenant: Tenant, phone: Pick<Phone, 'token'>): string;
  /** The directory under a prefix on the door where full content is served to this maker's phones. */
  secureDirectory(driver: VendorDriver, prefix: string): string;
  readonly caUrl: string;
  /** The directory where every phone gets what all of its kind get; undefined where that door is closed. */
  readonly bootstrapDirectory: string | undefined;
}

export interface AddressFacts {
  readonly host: string;
  readonly ports: Readonly<Partial<Record<PhoneDoor, number>>>;
  readonly alias: string;
  readonly trust: ServerTrust;
  readonly caPem: string;
  readonly spaTrusted: boolean;
}

/** The door at which a maker's phones get full content: SPA phones trust the maker-signed certificate only, others a public one or ours. */
function fullDoor(facts: AddressFacts, driver: VendorDriver): PhoneDoor {
  if (driver.trust.trusts !== 'maker_only') return 'secure';
  // Without the maker-signed certificate a SPA phone can have full content on the legacy door only, where that is open.
  return facts.spaTrusted || facts.ports.legacy === undefined ? 'spa' : 'legacy';
}

const SCHEME = {
  secure: 'https',
  spa: 'https',
  bootstrap: 'http',
  legacy: 'http',
  tftp: 'tftp',
} as const satisfies Record<PhoneDoor, string>;

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

export function serverAddresses(facts: AddressFacts): ServerAddresses {
  const directory = (door: PhoneDoor, prefix: string): string => {
    const alias = door === 'legacy' && facts.alias !== '' ? `${facts.alias}/` : '';
    return `${SCHEME[door]}://${bracketed(facts.host)}:${facts.ports[door] ?? 0}/${alias}${prefix}`;
  };
  return {
    ...facts,
    caUrl: `${directory('bootstrap', '')}ca.pem`,
    bootstrapDirectory: facts.ports.bootstrap === undefined ? undefined : directory('bootstrap', ''),
    secureDirectory: (driver, prefix) => directory(fullDoor(facts, driver), prefix),
    phoneDirectory: (driver, tenant, phone) =>
      directory(
        fullDoor(facts, driver),
        tenant.policy.httpAuth === 'off' ? `p/${phone.token.reveal()}/` : `t/${tenant.token.reveal()}/`,
      ),
  };
}
