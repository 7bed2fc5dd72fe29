import type { Oui } from '../domain/mac.ts';
import { ciscoSpa } from './cisco-spa/index.ts';
import { example } from './example/index.ts';
import type { DefinedVendor, VendorDriver } from './kit/driver.ts';
import { polycom } from './polycom/index.ts';
import { snom } from './snom/index.ts';
import { softclients } from './softclients/index.ts';
import { yealink } from './yealink/index.ts';

/** Every maker, one line each. The example is compiled and tested like the others, but offered to nobody. */
const DEFINED: readonly DefinedVendor[] = [ciscoSpa, polycom, snom, softclients, yealink];

/** For the conformance suite: the makers and the example. */
export const ALL_DEFINED: readonly DefinedVendor[] = [...DEFINED, example];

/** Makers whose driver passed its check. */
export const VENDORS: readonly VendorDriver[] = DEFINED.filter((vendor) => vendor.problems.length === 0).map(
  (vendor) => vendor.driver,
);

export interface SwitchedOff {
  readonly id: string;
  readonly name: string;
  readonly ouis: readonly Oui[];
  readonly problems: readonly string[];
}

/** Every prefix by which a MAC is known to be this maker's. */
const ouisOf = ({ ouis, models }: VendorDriver): readonly Oui[] => [
  ...new Set([...ouis, ...models.flatMap((model) => model.ouis ?? [])]),
];

/** Whose phones a MAC's prefix hints at: makers may share one. */
export function driversByOui(drivers: readonly VendorDriver[]): ReadonlyMap<Oui, readonly VendorDriver[]> {
  const found = new Map<Oui, VendorDriver[]>();
  for (const driver of drivers)
    for (const prefix of ouisOf(driver)) found.set(prefix, [...(found.get(prefix) ?? []), driver]);
  return found;
}

/** Makers that are switched off, with the reason. */
export const SWITCHED_OFF: readonly SwitchedOff[] = DEFINED.filter((vendor) => vendor.problems.length > 0).map(
  ({ driver, problems }) => ({ id: driver.id, name: driver.name, ouis: ouisOf(driver), problems }),
);

const byId = new Map(VENDORS.map((driver) => [driver.id as string, driver]));

export const vendorOf = (id: string): VendorDriver | undefined => byId.get(id);
