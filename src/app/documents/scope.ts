import type { Tenant } from '../../domain/tenant.ts';
import type { SwitchedOff } from '../../vendors/index.ts';
import type { VendorDriver } from '../../vendors/kit/driver.ts';
import type { Crypto, PlatformStore, TenantStore } from '../ports.ts';

/** Makers and models that there are. */
export interface Catalogue {
  readonly vendors: readonly VendorDriver[];
  /** Makers whose phones are known, but not served. */
  readonly switchedOff?: readonly SwitchedOff[];
}

export const driverOf = (catalogue: Catalogue, id: string): VendorDriver | undefined =>
  catalogue.vendors.find((driver) => driver.id === id);

/** Where documents are read in: what they may refer to, and who writes them. */
export interface PlatformScope {
  readonly platform: PlatformStore;
  readonly catalogue: Catalogue;
  readonly crypto: Pick<Crypto, 'id' | 'token'>;
  /** Host names that phones need for provisioning and firmware. */
  readonly hosts: readonly string[];
  readonly by: string;
  readonly at: string;
}

/** The same within one tenant. */
export interface TenantScope extends PlatformScope {
  readonly tenant: Tenant;
  readonly own: TenantStore;
}

export const isTenantScope = (scope: PlatformScope): scope is TenantScope => 'own' in scope;
