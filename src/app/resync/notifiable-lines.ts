import type { Phone } from '../../domain/phone.ts';
import type { NotifiableLine } from '../../domain/resync/plan.ts';
import type { Resolved } from '../../domain/resolve/layers.ts';
import type { SettingId, SettingValue } from '../../domain/settings/registry.ts';
import type { TenantStore } from '../ports.ts';
import type { PhoneBundle } from '../serve/phone-bundle.ts';

async function isElsewhere(store: TenantStore, phone: Phone, position: number): Promise<boolean> {
  const extension = phone.lines.find((line) => line.position === position)?.extension;
  if (extension === undefined) return false;
  return (await store.phones.byExtension(extension)).some(({ id }) => id !== phone.id);
}

/** What is kept of a line's settings, by name. */
const reader =
  (settings: ReadonlyMap<SettingId, Resolved> | undefined) =>
  <Id extends SettingId>(id: Id): SettingValue<Id> | undefined => {
    const found = settings?.get(id);
    // `as`: what is kept has passed this setting's schema.
    return found?.state === 'set' ? (found.value as SettingValue<Id>) : undefined;
  };

/** The lines of a phone on which a server knows it, in order; one without user, password or server registers nowhere. */
export async function notifiableLines(
  { settings, phone }: Pick<PhoneBundle, 'settings' | 'phone'>,
  store: TenantStore,
): Promise<readonly NotifiableLine[]> {
  const lines: NotifiableLine[] = [];
  for (const { position, extension } of phone.lines.toSorted((a, b) => a.position - b.position)) {
    const value = reader(settings.line.get(position));
    const [user, password, serverHost] = [value('line.user'), value('line.password'), value('line.serverHost')];
    if (user === undefined || password === undefined || serverHost === undefined) continue;
    lines.push({
      position,
      extension: (await store.extensions.byId(extension))?.number ?? user,
      user,
      authUser: value('line.authUser'),
      password,
      serverHost,
      serverPort: value('line.serverPort'),
      transport: value('line.transport'),
      outboundProxyHost: value('line.outboundProxyHost'),
      outboundProxyPort: value('line.outboundProxyPort'),
      isElsewhere: await isElsewhere(store, phone, position),
    });
  }
  return lines;
}
