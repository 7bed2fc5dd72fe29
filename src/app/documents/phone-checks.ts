import type { Extension, Phone } from '../../domain/phone.ts';
import { resolveSettings, type Layer, type Resolved } from '../../domain/resolve/layers.ts';
import type { SettingId } from '../../domain/settings/registry.ts';
import { phoneLayer } from '../layers.ts';
import { domainIssues, type DomainFacts } from './domain-checks.ts';
import { issue, type Issue } from './issue.ts';
import { keyIssues, sidecarIssues, slotsOf } from './key-checks.ts';
import type { PhoneDocument } from './phone-document.ts';
import type { ReadLines } from './phone-lines.ts';
import type { FoundParts } from './phone-parts.ts';
import type { TenantScope } from './scope.ts';
import { valueIn } from './warnings.ts';
import { layersBelowPhone, lockIssues } from './weaker-layers.ts';

/** The value a setting of the phone resolves to. */
export function valueOf(resolved: ReadonlyMap<SettingId, Resolved>, id: SettingId): unknown {
  const one = resolved.get(id);
  return one?.state === 'set' ? one.value : undefined;
}

/** What the list of allowed domains must not shut out, for the phone with everything that holds for it. */
function phoneDomainFacts(phone: Phone, below: readonly Layer[], first: Extension | undefined): DomainFacts {
  const { phone: settings } = resolveSettings([...below, phoneLayer(phone)], []);
  const ofLine = phone.lines.find((line) => line.position === 1)?.settings ?? {};
  return {
    domains: valueOf(settings, 'security.allowedDomains'),
    url: valueOf(settings, 'provisioning.url'),
    firmwareUrl: valueOf(settings, 'provisioning.firmwareUrl'),
    registrar: valueIn(ofLine, 'line.serverHost') ?? first?.serverHost,
  };
}

async function domainIssuesOfPhone(
  phone: Phone,
  before: Phone | undefined,
  below: readonly Layer[],
  { document, lines, scope }: CheckContext,
): Promise<readonly Issue[]> {
  if (![...below, phoneLayer(phone)].some((layer) => layer.settings['security.allowedDomains'] !== undefined))
    return [];
  const now = phoneDomainFacts(phone, below, lines.extensions.get(1));
  if (now.domains === undefined) return [];
  const old = before?.lines.find((line) => line.position === 1);
  const oldExtension = old === undefined ? undefined : await scope.own.extensions.byId(old.extension);
  const facts = before === undefined ? undefined : phoneDomainFacts(before, below, oldExtension);
  return domainIssues(facts, now, document.confirm, scope);
}

function keyIssuesOfPhone(phone: Phone, parts: FoundParts, below: readonly Layer[]): readonly Issue[] {
  const { driver, model } = parts;
  if (driver === undefined || model === undefined || Object.keys(phone.keys).length === 0) return [];
  const { phone: settings } = resolveSettings([...below, phoneLayer(phone)], []);
  return keyIssues(phone.keys, {
    slots: slotsOf(driver, [model], phone.sidecars ?? parts.template?.sidecars),
    models: `${driver.name} ${model.id}`,
    maxLines: model.lines,
    enhanced: valueOf(settings, 'features.enhancedKeys') === true,
  });
}

export interface CheckContext {
  readonly document: Pick<PhoneDocument, 'confirm'>;
  readonly lines: Pick<ReadLines, 'extensions' | 'paths'>;
  readonly scope: TenantScope;
}

/** A decoy answers like nobody's MAC: a phone that had it would be banned with its whole office. */
async function decoyIssues(
  { mac }: Phone,
  before: Phone | undefined,
  { platform }: TenantScope,
): Promise<readonly Issue[]> {
  if (mac === undefined || mac === before?.mac) return [];
  const decoy = await platform.decoys.byKey(mac);
  return decoy === undefined ? [] : [issue(['mac'], 'was planted as a decoy by the operator', mac)];
}

/** What can be seen only when the whole phone is known: keys of its model, locks below it, hosts it must reach. */
export async function checkPhone(
  phone: Phone,
  before: Phone | undefined,
  parts: FoundParts,
  context: CheckContext,
): Promise<readonly Issue[]> {
  const below = await layersBelowPhone(phone, parts, context.scope);
  const locks = phone.lines.flatMap((line) =>
    lockIssues(
      before?.lines.find((old) => old.position === line.position)?.settings ?? {},
      line.settings,
      [...below, phoneLayer(phone)],
      'line',
      [...(context.lines.paths.get(line.position) ?? []), 'settings'],
    ),
  );
  return [
    ...sidecarIssues(parts.model === undefined ? [] : [parts.model], phone.sidecars),
    ...keyIssuesOfPhone(phone, parts, below),
    ...lockIssues(before?.settings ?? {}, phone.settings, below, 'phone', ['settings']),
    ...locks,
    ...(await decoyIssues(phone, before, context.scope)),
    ...(await domainIssuesOfPhone(phone, before, below, context)),
  ];
}
