import { ouiOf, type Mac } from '../../domain/mac.ts';
import { foldedName, type Model } from '../../domain/model.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { driversByOui, type SwitchedOff } from '../../vendors/index.ts';
import type { VendorDriver } from '../../vendors/kit/driver.ts';
import type { Catalogue } from '../documents/scope.ts';
import { refusal, type Refusal, type WantedPhone } from './import-row.ts';

/** The maker's model of this name, also with the maker's own name in front: `Yealink T46U`. */
export function modelByName({ id, name, models }: VendorDriver, text: string): Model | undefined {
  const wanted = foldedName(text);
  const isNamed = (written: string): boolean =>
    ['', id, name].some((maker) => `${foldedName(maker)}${foldedName(written)}` === wanted);
  return models.find(
    (model) => isNamed(model.id) || (model.userAgentToken !== undefined && isNamed(model.userAgentToken)),
  );
}

/** Makers by what a list says of its phones. */
export interface Makers {
  byPrefix(mac: Mac): readonly VendorDriver[];
  switchedOff(mac: Mac): SwitchedOff | undefined;
  byName(text: string): VendorDriver | undefined;
}

export function makersOf({ vendors, switchedOff = [] }: Catalogue): Makers {
  const byOui = driversByOui(vendors);
  return {
    byPrefix: (mac) => byOui.get(ouiOf(mac)) ?? [],
    switchedOff: (mac) => switchedOff.find(({ ouis }) => ouis.includes(ouiOf(mac))),
    byName: (text) =>
      vendors.find(({ id, name }) => foldedName(id) === foldedName(text) || foldedName(name) === foldedName(text)),
  };
}

/**
 * The makers whose phone this may be. The table's own column counts before the prefix: who writes the maker down has it in his
 * hand, and a prefix may be newer than our lists.
 */
export function recogniseMakers(wanted: WantedPhone, makers: Makers): Result<readonly VendorDriver[], Refusal> {
  const { mac, vendor } = wanted;
  if (vendor !== undefined) {
    const named = makers.byName(vendor);
    return named === undefined
      ? err(refusal('unknown_vendor', `there is no maker ${JSON.stringify(vendor)} in the catalogue`))
      : ok([named]);
  }
  if (mac === undefined) return err(refusal('unknown_vendor', 'has no MAC to tell the maker by: name it'));
  const found = makers.byPrefix(mac);
  if (found.length > 0) return ok(found);
  const off = makers.switchedOff(mac);
  return off === undefined
    ? err(refusal('unknown_vendor', `no maker in the catalogue has MACs that begin with ${ouiOf(mac)}`))
    : err(refusal('vendor_off', `${off.name} is switched off: ${off.problems.join('; ')}`));
}

export interface Chosen {
  readonly driver: VendorDriver;
  readonly model: Model;
}

/** The model chosen for all phones of a maker. */
export type ModelChoices = ReadonlyMap<string, Model>;

const namesOf = (drivers: readonly VendorDriver[]): string => drivers.map(({ name }) => name).join(' or ');

/** The model of one phone: that of its row, else the one chosen for its maker. There is no guess: it must be chosen. */
export function chooseModel(
  { model }: WantedPhone,
  drivers: readonly VendorDriver[],
  choices: ModelChoices,
): Result<Chosen, Refusal> {
  const candidates = drivers.flatMap((driver): readonly Chosen[] => {
    const chosen = model === undefined ? choices.get(driver.id) : modelByName(driver, model);
    return chosen === undefined ? [] : [{ driver, model: chosen }];
  });
  const [first, second] = candidates;
  if (first !== undefined && second === undefined) return ok(first);
  if (first !== undefined)
    return err(refusal('model_missing', `may be of ${namesOf(drivers)}: write the maker before the model`));
  return model === undefined
    ? err(refusal('model_missing', `no model is chosen for it, nor for all phones of ${namesOf(drivers)}`))
    : err(refusal('model_unknown', `${namesOf(drivers)} has no model ${JSON.stringify(model)} in the catalogue`));
}
