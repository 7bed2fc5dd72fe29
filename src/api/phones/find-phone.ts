import type { FastifyRequest } from 'fastify';
import { phoneKey } from '../../app/documents/phone-document.ts';
import type { TenantScope } from '../../app/documents/scope.ts';
import type { Versioned } from '../../app/ports.ts';
import type { Phone } from '../../domain/phone.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problems.ts';
import { pathParameter, tenantAccess } from '../scopes.ts';

/** By MAC in any notation; a serial number may look like one, so the text itself is tried as well. */
export const findByName = async (name: string, { own }: TenantScope): Promise<Versioned<Phone> | undefined> =>
  (await own.phones.byKey(phoneKey(name))) ?? (await own.phones.byKey(name));

/** The phone of the path, or the answer that there is none. */
export async function requirePhone(request: FastifyRequest, scope: TenantScope): Promise<Versioned<Phone>> {
  const phone = await findByName(pathParameter(request, 'phone'), scope);
  if (phone === undefined) throw new Problem('not-found');
  return phone;
}

export interface PhonePlace {
  readonly scope: TenantScope;
  readonly phone: Versioned<Phone>;
}

/** The phone of the path, to read. */
export async function readPhone(deps: ApiDeps, request: FastifyRequest): Promise<PhonePlace> {
  const scope = await tenantAccess(deps).read(request);
  return { scope, phone: await requirePhone(request, scope) };
}
