import { sql } from 'kysely';
import type { ExtensionRepository, PhoneRepository, Repository, WriteConflict } from '../../app/ports.ts';
import type { PhoneId, TenantId } from '../../domain/ids.ts';
import { NEW_PHONE_STATE, stateName, type Extension, type Phone, type PhoneState } from '../../domain/phone.ts';
import { isNoticed } from '../fingerprint.ts';
import { KINDS } from '../kinds.ts';
import { FINGERPRINT, SCOPE_FINGERPRINT } from './directory.ts';
import { stateDocument, toState, writeList, type StateRow } from './phone-state.ts';
import { sqlRepository } from './repository.ts';
import { toObject, type ObjectRow } from './rows.ts';
import { keepGiven, takeGiven } from './removed-phones.ts';
import { hotText, type Executor, type Ground } from './session.ts';
import { sessionInside } from './session-inside.ts';
import { touchPhone } from './tags.ts';

const STATE = hotText<StateRow>(
  'select doc, given_list_id as "givenList" from phone_states where phone_id = ? and tenant_id = ?',
);

/** What belongs to a phone alone: a row for itself, and one for each line. */
type PartRow =
  | (ObjectRow<Phone> & {
      readonly part: 'phone';
      readonly state: StateRow['doc'] | null;
      readonly givenList: StateRow['givenList'];
    })
  | (ObjectRow<Extension> & { readonly part: 'line' });

const WHOLE = hotText<PartRow>(
  `select 'phone' as part, p.id, p.version, p.doc, s.doc as state, s.given_list_id as "givenList"
    from phones p left join phone_states s on s.phone_id = p.id where p.id = ? and p.tenant_id = ?
    union all select 'line', e.id, e.version, e.doc, null, null
    from phone_lines l join extensions e on e.id = l.extension_id where l.phone_id = ? and l.tenant_id = ?`,
);

const PRESENT = hotText<{ fingerprint: string }>(
  `select ${FINGERPRINT} as fingerprint from phones p join tenants t on t.id = p.tenant_id cross join platform f
    where p.id = ? and p.tenant_id = ?`,
);

/** The first extension of a phone that is not shared and on another phone already. */
async function findTakenExtension(db: Executor, phone: Phone): Promise<WriteConflict | undefined> {
  if (phone.lines.length === 0) return undefined;
  const wanted = sql.join(phone.lines.map((line) => line.extension));
  const found = await db.run(sql<{
    key: string;
  }>`select e.key from extensions e join phone_lines l on l.extension_id = e.id
    where e.id in (${wanted}) and e.shared = 0 and l.phone_id <> ${phone.id} order by e.key limit 1`);
  return found[0] && { kind: 'taken', field: 'extension', value: found[0].key };
}

/** An extension that is on several phones can't cease to be shared. */
async function findSharers(db: Executor, extension: Extension): Promise<WriteConflict | undefined> {
  if (extension.shared) return undefined;
  const found = await db.run(sql<{ key: string }>`select p.key from phone_lines l join phones p on p.id = l.phone_id
    where l.extension_id = ${extension.id} order by p.key limit 2`);
  const [first, second] = found;
  return first && second && { kind: 'in_use', by: `phone ${first.key}` };
}

export function sqlExtensions(tenant: TenantId, ground: Ground): ExtensionRepository {
  return {
    ...sqlRepository(KINDS.extensions, tenant, ground, findSharers),
    unassigned: async ({ after, limit }) => {
      const further = after === undefined ? sql`` : sql`and e.key > ${after}`;
      const page = await ground.session.reads.run(sql<
        ObjectRow<Extension>
      >`select e.id, e.version, e.doc from extensions e
        where e.tenant_id = ${tenant} ${further}
        and not exists (select 1 from phone_lines l where l.extension_id = e.id)
        order by e.key limit ${limit}`);
      return page.map((row) => toObject('extensions', row, ground.cipher));
    },
  };
}

/**
 * What `phone_states.compared` says of a state: null while the phone was never served, the platform's and tenant's part of
 * the fingerprint it was compared for where the phone's own part is still that, else nothing.
 */
function comparedFor(state: PhoneState, ownTag: string): string | null {
  if (Object.keys(state.served).length === 0) return null;
  const fingerprint = state.desired?.fingerprint ?? '';
  return fingerprint.endsWith(`.${ownTag}`) ? fingerprint.slice(0, -ownTag.length - 1) : '';
}

/** The phone's row is locked before its state is read, so that writers of one state wait for each other. */
async function updateState(
  db: Executor,
  tenant: TenantId,
  id: PhoneId,
  change: (state: PhoneState) => PhoneState,
  { cipher }: Ground,
): Promise<PhoneState> {
  const phones = await db.run(
    sql<{ tag: string }>`select tag from phones where id = ${id} and tenant_id = ${tenant} ${db.lockRow}`,
  );
  const phone = phones[0];
  const row = await db.first(STATE, [id, tenant]);
  const before = row === undefined ? NEW_PHONE_STATE : await toState(db, row, cipher, id);
  const after = change(before);
  if (phone === undefined) return after;
  const doc = stateDocument(after, cipher, id);
  const list = row !== undefined && after.given === before.given ? row.givenList : await writeList(db, after.given);
  const compared = comparedFor(after, phone.tag);
  const outdated = stateName(after, after.desired?.fingerprint ?? '') === 'outdated' ? 1 : 0;
  await db.run(sql`insert into phone_states (phone_id, tenant_id, compared, outdated, given_list_id, doc)
    values (${id}, ${tenant}, ${compared}, ${outdated}, ${list}, ${doc})
    on conflict (phone_id) do update set compared = excluded.compared, outdated = excluded.outdated,
      given_list_id = excluded.given_list_id, doc = excluded.doc`);
  if (isNoticed(before, after)) await touchPhone(db, id);
  return after;
}

/** Phones are made and removed together with what the device was given: that outlives its owner. */
function lastingPhones(tenant: TenantId, ground: Ground): Repository<Phone> {
  const { session, cipher } = ground;
  const within = (db: Executor): Repository<Phone> =>
    sqlRepository(KINDS.phones, tenant, { ...ground, session: sessionInside(db).session }, findTakenExtension);
  const write = <T>(work: (db: Executor) => Promise<T>): Promise<T> => session.write(work, 'serializable', [tenant]);
  return {
    ...sqlRepository(KINDS.phones, tenant, ground, findTakenExtension),
    create: (phone, version) =>
      write(async (db) => {
        const created = await within(db).create(phone, version);
        const given = created.ok ? await takeGiven(db, phone) : [];
        if (given.length > 0) await updateState(db, tenant, phone.id, (state) => ({ ...state, given }), ground);
        return created;
      }),
    remove: (id) =>
      write(async (db) => {
        const phones = within(db);
        const phone = await phones.byId(id);
        const row = await db.first(STATE, [id, tenant]);
        const state = row === undefined ? NEW_PHONE_STATE : await toState(db, row, cipher, id);
        const removed = await phones.remove(id);
        if (removed.ok && phone !== undefined) await keepGiven(db, phone, state.given);
        return removed;
      }),
  };
}

export function sqlPhones(tenant: TenantId, ground: Ground): PhoneRepository {
  const { session, cipher } = ground;
  return {
    ...lastingPhones(tenant, ground),
    byExtension: async (extension) => {
      const found = await session.reads.run(sql<ObjectRow<Phone>>`select p.id, p.version, p.doc from phone_lines l
        join phones p on p.id = l.phone_id
        where l.extension_id = ${extension} and l.tenant_id = ${tenant} order by p.key`);
      return found.map((row) => toObject('phones', row, cipher));
    },
    byPerson: async (person) => {
      const found = await session.reads.run(sql<ObjectRow<Phone>>`select id, version, doc from phones
        where person_id = ${person} and tenant_id = ${tenant} order by key`);
      return found.map((row) => toObject('phones', row, cipher));
    },
    notCompared: async (limit) => {
      const scope = await session.reads.run(sql<{ scope: string }>`select ${sql.raw(SCOPE_FINGERPRINT)} as scope
        from tenants t cross join platform f where t.id = ${tenant}`);
      const now = scope[0]?.scope ?? '';
      // Two ranges of one index: nothing is read of the phones that have been compared.
      const found = await session.reads.run(sql<{ phone: PhoneId; fingerprint: string }>`
        select p.id as phone, ${now} || '.' || p.tag as fingerprint from phone_states s join phones p on p.id = s.phone_id
        where s.tenant_id = ${tenant} and (s.compared < ${now} or s.compared > ${now})
        limit ${limit}`);
      return found;
    },
    state: async (id) => {
      const row = await session.reads.first(STATE, [id, tenant]);
      return row === undefined ? NEW_PHONE_STATE : toState(session.reads, row, cipher, id);
    },
    whole: async (id) => {
      const parts = await session.reads.all(WHOLE, [id, tenant, id, tenant]);
      const row = parts.find((part) => part.part === 'phone');
      if (row === undefined) return undefined;
      const { state, givenList } = row;
      return {
        phone: toObject('phones', row, cipher),
        state: state === null ? NEW_PHONE_STATE : await toState(session.reads, { doc: state, givenList }, cipher, id),
        extensions: parts.filter((part) => part.part === 'line').map((line) => toObject('extensions', line, cipher)),
      };
    },
    fingerprint: async (id) => (await session.reads.first(PRESENT, [id, tenant]))?.fingerprint ?? '',
    updateState: (id, change) => session.write((db) => updateState(db, tenant, id, change, ground), 'row_locks'),
  };
}
