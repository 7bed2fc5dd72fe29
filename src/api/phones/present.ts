import { inSlotOrder } from '../../app/documents/key-checks.ts';
import { templateReference } from '../../app/documents/phone-parts.ts';
import { findPartsOf } from '../../app/documents/phone-references.ts';
import { showRaw } from '../../app/documents/raw-document.ts';
import type { Actor } from '../../app/access/actor.ts';
import type { TenantScope } from '../../app/documents/scope.ts';
import { showSettings } from '../../app/documents/settings-document.ts';
import { stateName, type Phone } from '../../domain/phone.ts';
import { MASKED } from '../../domain/secret.ts';
import type { Json } from '../collection.ts';
import { present } from '../shown.ts';

/** What a phone did by itself, beside what its administrator wrote. */
async function presentState(phone: Phone, { own }: TenantScope): Promise<Json> {
  const state = await own.phones.state(phone.id);
  return {
    state: stateName(state, await own.phones.fingerprint(phone.id)),
    lastSeen: state.seen,
  };
}

const masked = (raw: unknown): unknown =>
  typeof raw === 'object' && raw !== null
    ? Object.fromEntries(Object.keys(raw).map((name) => [name, { value: MASKED }]))
    : raw;

/** A representative sees no credentials, and of raw parameters their names. */
export const phoneSeenBy = ({ role }: Actor, phone: Json): Json =>
  role === 'csr' ? { ...phone, raw: masked(phone['raw']), httpUser: MASKED } : phone;

/** A phone's document, with its references by name. */
export async function presentPhone(phone: Phone, scope: TenantScope): Promise<Json> {
  const { group, person, profile, template, extensions } = await findPartsOf(phone, scope);
  const lines = phone.lines.map((line) => ({
    position: line.position,
    extension: extensions.get(line.extension)?.number ?? '',
    settings: showSettings(line.settings),
  }));
  return present({
    name: phone.name,
    mac: phone.mac,
    serial: phone.serial,
    vendor: phone.vendor,
    model: phone.model,
    label: phone.label,
    group: group?.name,
    person: person?.name,
    template: template === undefined ? undefined : templateReference(template),
    profile: profile?.name,
    sidecars: phone.sidecars,
    firmware: phone.firmware,
    settings: showSettings(phone.settings),
    keys: inSlotOrder(phone.keys),
    raw: showRaw(phone.raw),
    lines,
    blocked: phone.blocked,
    httpUser: phone.httpUser,
    httpPassword: MASKED,
    window: phone.window,
    pbxServicesExtension: lines.find((line) => line.position === 1)?.extension,
    ...(await presentState(phone, scope)),
  });
}
