import type { Phone } from '../../domain/phone.ts';
import { phoneKey, phoneKind, type PhoneDocument } from '../documents/phone-document.ts';
import { unversioned } from '../documents/kind.ts';
import type { FieldPath } from '../documents/issue.ts';
import type { TenantScope } from '../documents/scope.ts';
import type { Versioned } from '../ports.ts';
import { applyItem, readItems, type Item, type Ledger } from './applying.ts';

const numbersOf = (document: PhoneDocument): readonly string[] => document.lines.map((line) => line.extension);

/** Which phone of the document is to get each extension. */
const claims = (items: readonly Item<PhoneDocument>[]): ReadonlyMap<string, string> =>
  new Map(items.flatMap((item) => numbersOf(item.document).map((number) => [number, item.key] as const)));

/** The lines that another phone of the document is to get. */
async function givenAway(
  phone: Phone,
  item: Item<PhoneDocument>,
  claimed: ReadonlyMap<string, string>,
  scope: TenantScope,
): Promise<ReadonlySet<number>> {
  const given = new Set<number>();
  for (const line of phone.lines) {
    const number = (await scope.own.extensions.byId(line.extension))?.number;
    if (number === undefined || numbersOf(item.document).includes(number)) continue;
    if (claimed.has(number)) given.add(line.position);
  }
  return given;
}

/** An extension is on one phone only, so where the document swaps two, both are taken off their phones first. */
async function releaseLines(
  items: readonly Item<PhoneDocument>[],
  scope: TenantScope,
): Promise<ReadonlyMap<string, Phone>> {
  const claimed = claims(items);
  const before = new Map<string, Phone>();
  for (const item of items) {
    const kept: Versioned<Phone> | undefined = await scope.own.phones.byKey(item.key);
    if (kept === undefined) continue;
    const phone = unversioned<Phone>(kept);
    const given = await givenAway(phone, item, claimed, scope);
    if (given.size === 0) continue;
    before.set(item.key, phone);
    const lines = phone.lines.filter((line) => !given.has(line.position));
    await scope.own.phones.replace({ ...phone, lines }, kept.version);
  }
  return before;
}

/** The natural key that a phone of the document will have. */
const keyOfPhone = (document: PhoneDocument): string | undefined => {
  const text = document.mac ?? document.serial ?? document.name;
  return text === undefined ? undefined : phoneKey(text);
};

export async function applyPhones(
  inputs: readonly unknown[],
  path: FieldPath,
  scope: TenantScope,
  ledger: Ledger,
): Promise<void> {
  const items = readItems(phoneKind, inputs, path, keyOfPhone, ledger);
  const released = await releaseLines(items, scope);
  for (const item of items) await applyItem(phoneKind, item, scope, ledger, released.get(item.key));
}
