import { stateName, type Line, type Phone } from '../../domain/phone.ts';
import { templateReference } from '../documents/phone-parts.ts';
import type { TenantScope } from '../documents/scope.ts';
import type { Cell } from './csv.ts';
import { namesOf } from './names.ts';
import type { Sheet } from './sheet.ts';

/** The columns of a table of phones, in their order. */
export const PHONE_COLUMNS = [
  'tenant',
  'name',
  'mac',
  'serial',
  'vendor',
  'model',
  'person',
  'group',
  'template',
  'profile',
  'extensions',
  'state',
  'firmware',
  'lastFetch',
] as const;

type Row = Readonly<Record<(typeof PHONE_COLUMNS)[number], Cell>>;

/** What the phones of one page refer to. */
const referencesIn = ({ own, platform }: TenantScope) => ({
  person: namesOf(
    (id) => own.people.byId(id),
    ({ name }) => name,
  ),
  group: namesOf(
    (id) => own.groups.byId(id),
    ({ name }) => name,
  ),
  profile: namesOf(
    (id) => own.profiles.byId(id),
    ({ name }) => name,
  ),
  template: namesOf(
    async (id) => (await own.templates.byId(id)) ?? (await platform.templates.byId(id)),
    templateReference,
  ),
  extension: namesOf(
    (id) => own.extensions.byId(id),
    ({ number }) => number,
  ),
});
type References = ReturnType<typeof referencesIn>;

/** `201 202`; an extension that is not on the line of its place in the list says on which: `201 3:203`. */
async function extensionsCell(lines: readonly Line[], { extension }: References): Promise<string> {
  const written: string[] = [];
  for (const [index, line] of lines.entries()) {
    const number = (await extension(line.extension)) ?? '';
    written.push(line.position === index + 1 ? number : `${line.position}:${number}`);
  }
  return written.join(' ');
}

async function rowOf(phone: Phone, references: References, { own, tenant }: TenantScope): Promise<Row> {
  const state = await own.phones.state(phone.id);
  return {
    tenant: tenant.name,
    name: phone.name,
    mac: phone.mac,
    serial: phone.serial,
    vendor: phone.vendor,
    model: phone.model,
    person: await references.person(phone.person),
    group: await references.group(phone.group),
    template: await references.template(phone.template),
    profile: await references.profile(phone.profile),
    extensions: await extensionsCell(phone.lines, references),
    state: stateName(state, await own.phones.fingerprint(phone.id)),
    firmware: state.seen?.firmware ?? phone.firmware,
    lastFetch: state.seen?.at,
  };
}

export const phoneSheet: Sheet<Phone> = {
  columns: PHONE_COLUMNS,
  repository: ({ own }) => own.phones,
  keyOf: (phone) => phone.name,
  rows: async (phones, scope) => {
    const references = referencesIn(scope);
    const rows: Row[] = [];
    for (const phone of phones) rows.push(await rowOf(phone, references, scope));
    return rows.map((row) => PHONE_COLUMNS.map((column) => row[column]));
  },
};
