import type { Tenant } from '../../domain/tenant.ts';
import type { Actor } from '../access/actor.ts';
import type { Clock, Crypto, PlatformStore, Store, TenantStore } from '../ports.ts';
import type { Catalogue, PlatformScope, TenantScope } from './scope.ts';

/** What every use case that reads documents needs of the world. */
export interface DocumentPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly catalogue: Catalogue;
  /** Host names that phones need for provisioning and firmware, as they are now. */
  readonly hosts: () => readonly string[];
}

export const openPlatform = (ports: DocumentPorts, platform: PlatformStore, actor: Actor): PlatformScope => ({
  platform,
  catalogue: ports.catalogue,
  crypto: ports.crypto,
  hosts: ports.hosts(),
  by: actor.name,
  at: ports.clock.now().toISOString(),
});

export const openTenant = (scope: PlatformScope, tenant: Tenant, own: TenantStore): TenantScope => ({
  ...scope,
  tenant,
  own,
});
