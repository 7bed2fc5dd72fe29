import type { TenantId } from '../../../domain/ids.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import { given, without } from '../../../domain/fields.ts';
import { personName } from '../../documents/fields.ts';
import { unversioned } from '../../documents/kind.ts';
import type { Crypto, Store, User } from '../../ports.ts';
import { grantedRoles, nameOf } from './granted.ts';
import type { Identity, OidcRules, TenantRole } from './identity-provider.ts';

/** Why nobody is let in; for the log and the audit log, never for who asks. */
export type Refusal =
  | 'no_name'
  | 'not_known'
  | 'no_role'
  | 'role_gone'
  | 'no_such_tenant'
  | 'name_unfit'
  | 'name_taken'
  | 'changed_meanwhile';

/** A user, and what became of him at this sign-in. */
export interface FoundUser {
  readonly user: User;
  readonly now?: 'tied' | 'created';
}
type Found = Result<FoundUser, Refusal>;

export interface FindPorts {
  readonly store: Store;
  readonly crypto: Crypto;
  readonly rules: OidcRules;
}

interface Place {
  readonly role: User['role'];
  readonly tenant?: TenantId;
}

/** The row's tenant by its id; undefined where there is none of that name. */
async function placeOf(store: Store, { role, tenant: name }: TenantRole): Promise<Place | undefined> {
  if (name === undefined) return { role };
  const tenant = await store.platform.tenants.byKey(name);
  return tenant && { role, tenant: tenant.id };
}

/** Whom the provider has given a role loses his way in with it. */
async function keepsRole({ store, rules }: FindPorts, user: User, { claims }: Identity): Promise<boolean> {
  if (user.oidc?.roleFromProvider !== true) return true;
  for (const row of grantedRoles(claims, rules)) {
    const place = await placeOf(store, row);
    if (place?.role === user.role && place.tenant === user.tenant) return true;
  }
  return false;
}

/** An administrator said that the first who comes with this name is this user. */
async function tie({ store }: FindPorts, { issuer, subject }: Identity, name: string): Promise<Found | undefined> {
  const waiting = await store.platform.users.byOidcName(name);
  if (waiting === undefined) return undefined;
  const tied: User = { ...without(unversioned<User>(waiting), 'oidcName'), oidc: { issuer, subject } };
  const written = await store.platform.users.replace(tied, waiting.version);
  return written.ok ? ok({ user: written.value, now: 'tied' }) : err('changed_meanwhile');
}

/** Makes a user of whom the provider gives a role; never of one who is there already. */
async function create(ports: FindPorts, { issuer, subject, claims }: Identity, name: string): Promise<Found> {
  const { store, crypto, rules } = ports;
  const row = grantedRoles(claims, rules)[0];
  if (row === undefined) return err('no_role');
  const place = await placeOf(store, row);
  if (place === undefined) return err('no_such_tenant');
  if (!personName.safeParse(name).success) return err('name_unfit');
  const oidc = { issuer, subject, roleFromProvider: true as const };
  const created = await store.platform.users.create({ id: crypto.id(), name, ...given(place), oidc });
  return created.ok ? ok({ user: created.value, now: 'created' }) : err('name_taken');
}

/**
 * Whose identity it is: by the tie first, then by the name that an administrator entered, then a new user where the configuration
 * lets one be made. Never by a name or address that merely looks like a user's.
 */
export async function findUser(ports: FindPorts, identity: Identity): Promise<Found> {
  const { store, rules } = ports;
  const known = await store.platform.users.byIdentity(identity.issuer, identity.subject);
  if (known !== undefined) return (await keepsRole(ports, known, identity)) ? ok({ user: known }) : err('role_gone');
  const name = nameOf(identity.claims, rules.userClaim);
  if (name === undefined) return err('no_name');
  const tied = await tie(ports, identity, name);
  if (tied !== undefined) return tied;
  return rules.autoCreate ? create(ports, identity, name) : err('not_known');
}
