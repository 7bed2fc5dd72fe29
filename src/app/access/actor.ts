import type { PersonId, TenantId } from '../../domain/ids.ts';
import type { Role, TokenScope } from '../../domain/role.ts';

/** Who asks. Without a tenant: the platform's operator, who may see and do everything but what is secret. */
export interface Actor {
  /** As the audit log and the stamps of changes name him. */
  readonly name: string;
  /** Present for a person or program that logged in. */
  readonly user?: string;
  readonly role: Role;
  /** He sees this tenant and nothing of any other. */
  readonly tenant?: TenantId;
  /** Of the role `user`: whose phones are his. */
  readonly person?: PersonId;
  /** May see secrets, each time with a note in the audit log. */
  readonly mayReveal: boolean;
  /** What a program's token is narrowed to; absent for a person. */
  readonly scopes?: readonly TokenScope[];
  /** The address he asks from. */
  readonly from: string;
}

/** The control socket: only who may read the data directory can open it, so it needs no login. */
export const localOperator: Actor = {
  name: 'local operator',
  role: 'operator',
  mayReveal: true,
  from: 'control socket',
};

export const isOperator = (actor: Actor): boolean => actor.role === 'operator' && actor.tenant === undefined;

/** Whether this very asking reaches secrets: a program's token needs the scope for it as well. */
export const seesSecrets = ({ mayReveal, scopes }: Actor): boolean =>
  mayReveal && (scopes === undefined || scopes.includes('reveal'));

export const maySee = (actor: Actor, tenant: TenantId): boolean =>
  actor.tenant === undefined ? isOperator(actor) : actor.tenant === tenant;
