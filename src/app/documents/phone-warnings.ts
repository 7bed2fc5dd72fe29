import type { Phone, Template } from '../../domain/phone.ts';
import { resolveSettings } from '../../domain/resolve/layers.ts';
import { phoneLayer, templateLayer } from '../layers.ts';
import { valueOf } from './phone-checks.ts';
import { findPartsOf } from './phone-references.ts';
import { driverOf, type PlatformScope, type TenantScope } from './scope.ts';
import {
  valueIn,
  warnOfAdminPassword,
  warnOfAllowedDomains,
  warnOfLineKeys,
  warnOfServices,
  warnOfSrtp,
  warnOfUserAccess,
  type Warning,
} from './warnings.ts';
import { commonLayers, layersBelowPhone } from './weaker-layers.ts';

/** What should be looked at in a phone, with all that holds for it. */
export async function warnOfPhone(phone: Phone, scope: TenantScope): Promise<readonly Warning[]> {
  const parts = await findPartsOf(phone, scope);
  const lines = phone.lines.map((line) => line.position);
  const ofLines = phone.lines.map((line) => ({
    kind: 'line' as const,
    object: { type: 'line', id: `${phone.id}/${line.position}`, name: String(line.position) },
    line: line.position,
    settings: {
      ...(parts.extensions.get(line.extension)?.transport === undefined
        ? {}
        : { 'line.transport': { value: parts.extensions.get(line.extension)?.transport } }),
      ...line.settings,
    },
  }));
  const layers = [...(await layersBelowPhone(phone, parts, scope)), phoneLayer(phone), ...ofLines];
  const resolved = resolveSettings(layers, lines);
  const driver = driverOf(scope.catalogue, phone.vendor);
  return [
    ...warnOfAdminPassword(valueOf(resolved.phone, 'security.adminPassword'), driver),
    ...warnOfLineKeys({ ...parts.template?.keys, ...phone.keys }),
    ...Array.from(resolved.line).flatMap(([line, settings]) =>
      warnOfSrtp(
        valueOf(settings, 'line.srtp'),
        valueOf(settings, 'line.transport'),
        `lines[${lines.indexOf(line)}].settings.line.srtp`,
      ),
    ),
    ...warnOfUserAccess(phone.settings, driver),
    ...(lines.length > 1 ? warnOfAllowedDomains(valueOf(resolved.phone, 'security.allowedDomains')) : []),
    ...warnOfServices(valueOf(resolved.phone, 'services.directoryLookupUrl') !== undefined, lines),
  ];
}

/** What should be looked at in a template, by itself and with the layers below it. */
export async function warnOfTemplate(template: Template, scope: PlatformScope): Promise<readonly Warning[]> {
  const driver = driverOf(scope.catalogue, template.vendor);
  const layers = [...(await commonLayers(scope)), templateLayer(template)];
  const { phone } = resolveSettings(layers, []);
  const { settings } = template;
  return [
    ...warnOfAdminPassword(valueOf(phone, 'security.adminPassword'), driver),
    ...warnOfLineKeys(template.keys),
    ...warnOfSrtp(valueIn(settings, 'line.srtp'), valueIn(settings, 'line.transport'), 'settings.line.srtp'),
    ...warnOfUserAccess(settings, driver),
    ...warnOfAllowedDomains(valueIn(settings, 'security.allowedDomains')),
  ];
}
