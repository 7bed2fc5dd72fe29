import type { ExtensionId, TenantId } from '../../domain/ids.ts';
import type { Phone } from '../../domain/phone.ts';
import type { Actor } from '../access/actor.ts';
import { describeConflict } from '../apply/applying.ts';
import { cachePlatform, cacheTenant } from '../apply/cached-store.ts';
import { changeObject, inTenant } from '../documents/change-object.ts';
import { fieldName, issuesOf, type Issue } from '../documents/issue.ts';
import type { DocumentPorts } from '../documents/open-scope.ts';
import { phoneKind } from '../documents/phone-document.ts';
import type { TenantScope } from '../documents/scope.ts';
import { refusal, refuse, type Refusal } from './import-row.ts';
import { ELSEWHERE, letOthersRun, type GoodRow } from './judge-rows.ts';

/** Phones that are made in one transaction: others get to write in between. */
const ROWS_PER_TRANSACTION = 100;

/** Some ten milliseconds of work: then phones that ask get their answers. */
const ROWS_AT_ONCE = 20;

const NOTHING_NAMED = { groups: 0, people: 0, extensions: 0, phones: 0, templates: 0, profiles: 0, mappings: 0 };

/** What rows share is read once. */
const cached = async (scope: TenantScope): Promise<TenantScope> => ({
  ...scope,
  platform: await cachePlatform(scope.platform),
  own: await cacheTenant(scope.own, NOTHING_NAMED),
});

const inWords = ({ path, message }: Issue): string => `${fieldName(path)}: ${message}`.replace(/^: /, '');
const invalid = (issues: readonly Issue[]): Refusal => refusal('invalid', issues.map(inWords).join('; '));

/** The extensions that rows before have taken, by the line that has. */
type Claims = Map<ExtensionId, number>;

/** Two rows may not have one extension, unless it is shared; here no row was written that the store could tell it by. */
async function whyClaimed(
  phone: Phone,
  line: number,
  claims: Claims,
  scope: TenantScope,
): Promise<Refusal | undefined> {
  for (const { extension } of phone.lines) {
    const before = claims.get(extension);
    const found = await scope.own.extensions.byId(extension);
    if (before !== undefined && found?.shared === false)
      return refusal('invalid', `extension ${found.number} is given to line ${before} already`);
  }
  for (const { extension } of phone.lines) claims.set(extension, line);
  return undefined;
}

/** Whether the phone could be made, by everything that its document says. */
async function checkRow({ row, document }: GoodRow, claims: Claims, scope: TenantScope): Promise<void> {
  const parsed = phoneKind.document.safeParse(document);
  if (!parsed.success) {
    refuse(row, invalid(issuesOf(parsed.error, document)));
    return;
  }
  const read = await phoneKind.read(parsed.data, undefined, scope);
  const refused = read.ok ? await whyClaimed(read.value, row.line, claims, scope) : invalid(read.error);
  if (refused !== undefined) refuse(row, refused);
}

export async function checkRows(good: readonly GoodRow[], open: TenantScope): Promise<void> {
  const scope = await cached(open);
  const claims: Claims = new Map();
  for (const [index, one] of good.entries()) {
    if (index % ROWS_AT_ONCE === 0) await letOthersRun();
    await checkRow(one, claims, scope);
  }
}

/** What became of a row in a transaction that may yet be run again, or not be kept. */
type Written = 'created' | 'present' | Refusal;

/** Makes the phone as a POST of it does, with its entry in the audit log. */
async function writeRow({ row, document }: GoodRow, scope: TenantScope, actor: Actor): Promise<Written> {
  const made = await changeObject(phoneKind, scope, actor, {
    find: () => Promise.resolve(undefined),
    document: () => Promise.resolve(document),
    expects: () => true,
  });
  if (made.kind === 'created') return 'created';
  if (made.kind === 'invalid') return invalid(made.issues);
  if (made.kind !== 'conflict') throw new Error(`a phone that was to be made is ${made.kind}`);
  const isTaken = made.error.kind === 'taken' && made.error.field !== 'extension';
  if (!isTaken) return refusal('invalid', describeConflict(made.error));
  // Somebody else has made it since the rows were looked at.
  return (await scope.own.phones.byKey(row.phone ?? '')) === undefined ? ELSEWHERE : 'present';
}

/** Ends the transaction without keeping anything of it. */
class NothingKept extends Error {
  override readonly name = 'NothingKept';
  readonly written: readonly Written[];

  constructor(written: readonly Written[]) {
    super('nothing of this list was kept');
    this.written = written;
  }
}

export interface Writing {
  readonly actor: Actor;
  readonly tenant: TenantId;
  /** All of the rows or none. */
  readonly strict: boolean;
}

const isRefused = (written: Written): written is Refusal => typeof written !== 'string';

/** undefined where the tenant is gone. */
async function writePart(
  ports: DocumentPorts,
  part: readonly GoodRow[],
  { actor, tenant, strict }: Writing,
): Promise<readonly Written[] | undefined> {
  return inTenant(ports)(actor, tenant, async (open) => {
    const scope = await cached(open);
    const written: Written[] = [];
    for (const one of part) {
      if (written.length % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await letOthersRun();
      written.push(await writeRow(one, scope, actor));
    }
    if (strict && written.some(isRefused)) throw new NothingKept(written);
    return written;
  });
}

function noteWritten(part: readonly GoodRow[], written: readonly Written[], kept: boolean): void {
  for (const [index, { row }] of part.entries()) {
    const became = written[index];
    if (became === undefined) continue;
    if (isRefused(became)) refuse(row, became);
    else if (kept || became === 'present') row.outcome = became;
  }
}

export type WriteEnd = 'written' | 'nothing_kept' | 'absent';

/** Makes the phones, in parts; with `strict` in one piece, or, where one is refused, none. `absent`: the tenant is gone. */
export async function writeRows(ports: DocumentPorts, good: readonly GoodRow[], writing: Writing): Promise<WriteEnd> {
  const size = writing.strict ? Math.max(good.length, 1) : ROWS_PER_TRANSACTION;
  for (let from = 0; from < good.length; from += size) {
    const part = good.slice(from, from + size);
    try {
      const written = await writePart(ports, part, writing);
      if (written === undefined) return 'absent';
      noteWritten(part, written, true);
    } catch (error) {
      if (!(error instanceof NothingKept)) throw error;
      noteWritten(part, error.written, false);
      return 'nothing_kept';
    }
    await letOthersRun();
  }
  return 'written';
}
