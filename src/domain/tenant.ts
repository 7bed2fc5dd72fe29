import { z } from 'zod';
import type { GroupId, PersonId, ProfileId, TenantId } from './ids.ts';
import type { TenantSip } from './resync/plan.ts';
import type { SettingEntries } from './resolve/layers.ts';
import type { Secret } from './secret.ts';

/** Natural keys in URLs and files: lower-case letters, digits and dashes. */
export const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'must be 1 to 40 lower-case letters, digits and dashes');

/** A network in CIDR form, IPv4 or IPv6. */
export const cidr = z.union([z.cidrv4(), z.cidrv6()], { error: 'must be a network such as 192.0.2.0/24' });

/** Doors at which phones ask; the names of the configuration file. */
export const PHONE_DOORS = ['secure', 'spa', 'bootstrap', 'legacy', 'tftp'] as const;
export type PhoneDoor = (typeof PHONE_DOORS)[number];

/** What a file may show, weakest first; each class needs a proof of its own level (domain/trust). */
export const CONTENT_CLASSES = ['public', 'waiting', 'plain', 'full'] as const;
export type ContentClass = (typeof CONTENT_CLASSES)[number];

/** A tenant's word that at this door, from these networks, `content` is given for a weaker proof. Shown as a standing warning. */
export const loweredRule = z.strictObject({
  door: z.enum(['secure', 'spa', 'legacy', 'tftp'], {
    error: 'must be secure, spa, legacy or tftp; the bootstrap door never gives more',
  }),
  networks: z.array(cidr).min(1).max(64),
  content: z.enum(['plain', 'full']),
  /** The level that is enough there: 0 nothing, 1 the place, 2 membership, 3 a secret of the phone. */
  level: z.int().min(0).max(3),
});
export type LoweredRule = z.output<typeof loweredRule>;

/** `digest` takes MD5 as well, which is all that many phones know; `digest-sha256` does not. */
export const httpAuth = z.enum(['off', 'basic', 'digest', 'digest-sha256']);
/** How somebody is asked for credentials. */
export type Challenge = Exclude<z.output<typeof httpAuth>, 'off'>;

/** What a tenant decides of who gets what. */
export const tenantPolicy = z.strictObject({
  /** Whether the tenant's prefix answers with a challenge (401) instead of a refusal (404). */
  httpAuth: httpAuth.default('off'),
  lowered: z.array(loweredRule).max(32).default([]),
});
export type TenantPolicy = z.output<typeof tenantPolicy>;

/** A customer. */
export interface Tenant {
  readonly id: TenantId;
  /** Natural key. */
  readonly name: string;
  readonly title: string;
  readonly domains: readonly string[];
  /** Networks that are this tenant's own: being there is a proof of level 1. */
  readonly networks: readonly string[];
  readonly policy: TenantPolicy;
  readonly settings: SettingEntries;
  /** How its SIP servers are asked to bring phones back; by each line's own server where it is left out. */
  readonly sip?: TenantSip;
  /** Names the tenant in a URL: a proof of level 2. */
  readonly token: Secret;
  /** HTTP credentials of the tenant, a proof of level 2. */
  readonly httpUser: string;
  readonly httpPassword: Secret;
}

export interface Group {
  readonly id: GroupId;
  readonly name: string;
  readonly title: string;
  readonly parent?: GroupId;
  readonly profile?: ProfileId;
  /** A category that codes and tokens can name. */
  readonly forProvisioning: boolean;
}

export interface Person {
  readonly id: PersonId;
  readonly name: string;
  readonly displayName: string;
  readonly email?: string;
  readonly groups: readonly GroupId[];
  readonly profile?: ProfileId;
}
