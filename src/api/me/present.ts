import type { TenantScope } from '../../app/documents/scope.ts';
import { opennessOf, resolveForPerson } from '../../app/phones/open-settings.ts';
import { given } from '../../domain/fields.ts';
import { stateName, type Phone } from '../../domain/phone.ts';
import type { Resolved, SettingEntries } from '../../domain/resolve/layers.ts';
import { MASKED, Secret } from '../../domain/secret.ts';
import type { SettingId } from '../../domain/settings/registry.ts';
import type { Json } from '../collection.ts';
import { present } from '../shown.ts';

const valueOf = (resolved: Resolved): Json => {
  if (resolved.state === 'set') return { value: resolved.value instanceof Secret ? MASKED : resolved.value };
  return resolved.state === 'cleared' ? { clear: true } : {};
};

function showOpen(settings: ReadonlyMap<SettingId, Resolved>, own: SettingEntries): Json {
  const shown = Array.from(settings).flatMap(([id, resolved]) => {
    const openness = opennessOf(resolved);
    if (openness === 'none') return [];
    const entry = own[id];
    const isOwn = entry !== undefined && ('value' in entry || 'clear' in entry);
    return [
      [
        id,
        {
          ...valueOf(resolved),
          access: openness === 'write' ? 'write' : 'read',
          ...(openness === 'locked' ? { locked: true } : {}),
          ...(isOwn ? { own: true } : {}),
        },
      ] as const,
    ];
  });
  return Object.fromEntries(shown);
}

/** A phone as its person sees it: what is open to him, and nothing that proves anything. */
export async function presentOwnPhone(phone: Phone, scope: TenantScope): Promise<Json> {
  const { own } = scope;
  const resolved = await resolveForPerson(phone, scope);
  const state = await own.phones.state(phone.id);
  const lines: Json[] = [];
  for (const { position, extension, settings } of phone.lines) {
    const found = await own.extensions.byId(extension);
    const { number = '', displayName = '' } = found ?? {};
    const open = showOpen(resolved.line.get(position) ?? new Map<never, never>(), settings);
    lines.push({ position, extension: number, displayName, settings: open });
  }
  return present({
    name: phone.name,
    mac: phone.mac,
    serial: phone.serial,
    vendor: phone.vendor,
    model: phone.model,
    label: phone.label,
    blocked: phone.blocked,
    state: stateName(state, await own.phones.fingerprint(phone.id)),
    lastSeen: state.seen === undefined ? undefined : given({ at: state.seen.at, firmware: state.seen.firmware }),
    settings: showOpen(resolved.phone, phone.settings),
    lines,
  });
}
