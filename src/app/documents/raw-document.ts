import type { RawEntries, RawEntry } from '../../domain/phone.ts';
import { MASKED, Secret } from '../../domain/secret.ts';
import type { VendorDriver } from '../../vendors/kit/driver.ts';
import type { RawField } from './fields.ts';
import { without } from '../../domain/fields.ts';
import { issue, type Issue } from './issue.ts';
import { same } from './same.ts';
import type { Stamp } from './settings-document.ts';

type Written = Exclude<RawField[string], string>;

/** What is wrong with a raw parameter of this maker, if anything. */
function wrongWith(
  driver: VendorDriver,
  name: string,
  written: Written,
  before: RawEntry | undefined,
): string | undefined {
  if (!driver.codec.validName.test(name)) return `is no parameter name of ${driver.name}`;
  if (written.value !== MASKED) return driver.codec.unwritable(written.value);
  if (before === undefined) return 'there is no stored value that *** could keep';
  const becomesPublic = written.public === true && before.value instanceof Secret;
  return becomesPublic ? 'must be written anew to become public' : undefined;
}

function entryOf(written: Written, before: RawEntry | undefined, stamp: Stamp): RawEntry {
  const kept = written.value === MASKED ? before?.value : undefined;
  const text = kept instanceof Secret ? kept.reveal() : (kept ?? written.value);
  const entry: RawEntry = {
    value: written.public === true ? text : new Secret(text),
    ...(written.access === undefined ? {} : { access: written.access }),
  };
  return before !== undefined && same(without(before, 'by', 'at'), entry)
    ? before
    : { ...entry, by: stamp.by, at: stamp.at };
}

/** Raw parameters as people write them → as they are kept, or everything that is wrong with them. */
export function readRaw(
  written: RawField,
  before: RawEntries,
  stamp: Stamp,
  driver: VendorDriver | undefined,
): { readonly raw: RawEntries; readonly issues: readonly Issue[] } {
  const raw: Record<string, RawEntry> = {};
  const issues: Issue[] = [];
  for (const [name, short] of Object.entries(written)) {
    const entry = typeof short === 'string' ? { value: short } : short;
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    const wrong = driver === undefined ? undefined : wrongWith(driver, name, entry, old);
    if (wrong === undefined) raw[name] = entryOf(entry, old, stamp);
    else issues.push(issue(['raw', name], wrong));
  }
  return { raw, issues };
}

export const showRaw = (raw: RawEntries): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(raw).map(([name, entry]) => [
      name,
      entry.value instanceof Secret ? { ...entry, value: MASKED } : { ...entry, public: true },
    ]),
  );
