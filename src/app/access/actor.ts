import type { TenantId } from '../../domain/ids.ts';

/** Who asks, and what he may. Without a tenant: the platform's operator, who may see and do everything. */
export interface Actor {
  /** As the audit log and the stamps of changes name him. */
  readonly name: string;
  /** Present for a person or program that logged in. */
  readonly user?: string;
  readonly role: 'operator' | 'admin';
  /** He sees this tenant and nothing of any other. */
  readonly tenant?: TenantId;
  readonly mayWrite: boolean;
  /** The address he asks from. */
  readonly from: string;
}

/** The control socket: only who may read the data directory can open it, so it needs no login. */
export const localOperator: Actor = {
  name: 'local operator',
  role: 'operator',
  mayWrite: true,
  from: 'control socket',
};

export const isOperator = (actor: Actor): boolean => actor.role === 'operator' && actor.tenant === undefined;

export const maySee = (actor: Actor, tenant: TenantId): boolean =>
  actor.tenant === undefined ? isOperator(actor) : actor.tenant === tenant;
