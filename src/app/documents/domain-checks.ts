import { addressReplacer } from '../../domain/resolve/address-mapping.ts';
import type { SettingEntries } from '../../domain/resolve/layers.ts';
import { excludedHosts, hostOfUrl, type NeededHost } from '../../domain/settings/allowed-domains.ts';
import type { Mapping } from '../../domain/phone.ts';
import { Secret } from '../../domain/secret.ts';
import { listAll } from '../pages.ts';
import type { Repository } from '../ports.ts';
import type { Confirmation } from './fields.ts';
import { issue, type Issue } from './issue.ts';
import { isTenantScope, type PlatformScope } from './scope.ts';
import { valueIn } from './warnings.ts';

const PAGE = 500;

const allOf = (mappings: Repository<Mapping>): Promise<readonly Mapping[]> =>
  listAll(mappings, (mapping) => mapping.from, PAGE);

/** The name that stands behind a host once the mappings have acted on it. */
async function mappedHost(host: string, scope: PlatformScope): Promise<string> {
  const ofTenant = isTenantScope(scope) ? await allOf(scope.own.mappings) : [];
  return addressReplacer(await allOf(scope.platform.mappings), ofTenant)(host);
}

const textOf = (value: unknown): string | undefined => {
  const plain = value instanceof Secret ? value.reveal() : value;
  return typeof plain === 'string' ? plain : undefined;
};

/** Hosts that a phone with these settings needs: the stated ones, else this server's. */
function neededHosts(
  values: { readonly url: unknown; readonly firmwareUrl: unknown },
  registrar: string | undefined,
  own: readonly string[],
): readonly NeededHost[] {
  const stated = [textOf(values.url)].flatMap((url) => (url === undefined ? [] : [hostOfUrl(url)]));
  const firmware = textOf(values.firmwareUrl);
  const firmwareHost = firmware === undefined ? undefined : hostOfUrl(firmware);
  return [
    ...[...(stated.length > 0 ? stated : own)].flatMap((host) =>
      host === undefined ? [] : [{ host, purpose: 'provisioning' as const }],
    ),
    ...(firmwareHost === undefined ? [] : [{ host: firmwareHost, purpose: 'firmware' as const }]),
    ...(registrar === undefined ? [] : [{ host: registrar, purpose: 'registrar of line 1' as const }]),
  ];
}

/** What one state of an object asks of the list, and the list itself. */
export interface DomainFacts {
  readonly domains: unknown;
  readonly url: unknown;
  readonly firmwareUrl: unknown;
  readonly registrar: unknown;
}

/** The facts that stand in one layer alone. */
export const domainFacts = (settings: SettingEntries): DomainFacts => ({
  domains: valueIn(settings, 'security.allowedDomains'),
  url: valueIn(settings, 'provisioning.url'),
  firmwareUrl: valueIn(settings, 'provisioning.firmwareUrl'),
  registrar: valueIn(settings, 'line.serverHost'),
});

async function excluded(facts: DomainFacts | undefined, scope: PlatformScope): Promise<readonly NeededHost[]> {
  if (facts === undefined || !Array.isArray(facts.domains)) return [];
  const domains = facts.domains.filter((domain) => typeof domain === 'string');
  const registrar = textOf(facts.registrar);
  const mapped = registrar === undefined ? undefined : await mappedHost(registrar, scope);
  return excludedHosts(domains, neededHosts(facts, mapped, scope.hosts));
}

/** Refuses a change that newly shuts out a host the phone cannot do without, until its writer confirms it (S0.22). */
export async function domainIssues(
  before: DomainFacts | undefined,
  after: DomainFacts,
  confirmed: readonly Confirmation[] | undefined,
  scope: PlatformScope,
): Promise<readonly Issue[]> {
  if (!Array.isArray(after.domains) || confirmed?.includes('allowed-domains') === true) return [];
  const known = new Set((await excluded(before, scope)).map(({ host }) => host));
  return (await excluded(after, scope))
    .filter(({ host }) => !known.has(host))
    .map(({ host, purpose }) =>
      issue(
        ['settings', 'security.allowedDomains'],
        `excludes ${host} (${purpose}); add it, or send "confirm": ["allowed-domains"]`,
      ),
    );
}
