import { VENDORS } from '../vendors/index.ts';
import { parseMac, type Mac } from '../domain/mac.ts';
import { foldedName } from '../domain/model.ts';
import { wrongUsage } from './failure.ts';

type Driver = (typeof VENDORS)[number];
type Model = Driver['models'][number];

export interface Picked {
  readonly driver: Driver;
  readonly model: Model;
}

/** The maker of this name, in any spelling; without a name all of them. */
export const makersAmong = (vendor: string | undefined): readonly Driver[] => {
  if (vendor === undefined) return VENDORS;
  const found = VENDORS.filter(
    (driver) => driver.id === vendor.toLowerCase() || foldedName(driver.name) === foldedName(vendor),
  );
  if (found.length > 0) return found;
  throw wrongUsage(`there is no vendor ${vendor}; known are ${VENDORS.map(({ id }) => id).join(', ')}`);
};

/** The model with this name, of this maker or of any. */
export function pickModel(name: string, vendor: string | undefined, how = 'say which with --vendor'): Picked {
  const among = makersAmong(vendor).flatMap((driver) => driver.models.map((model) => ({ driver, model })));
  const wanted = foldedName(name);
  const exact = among.filter(({ model }) =>
    [model.id, model.userAgentToken ?? ''].some((one) => foldedName(one) === wanted),
  );
  const [picked, other] = exact;
  if (picked !== undefined && other === undefined) return picked;
  if (picked !== undefined) {
    const makers = exact.map(({ driver }) => driver.id).join(', ');
    throw wrongUsage(`model ${name} is made by ${makers}: ${how}`);
  }
  const near = among.filter(({ model }) => foldedName(model.id).includes(wanted)).map(({ model }) => model.id);
  const hint =
    near.length === 0 ? 'offhook object get catalogue lists them all' : `did you mean ${near.slice(0, 5).join(', ')}?`;
  throw wrongUsage(`there is no model ${name}: ${hint}`);
}

const LAST_MAC = 0xffffffffffff;

/** `count` MACs from `first` on; without it from the start of the maker's own range. */
export function macsFrom(first: string | undefined, count: number, { driver, model }: Picked): readonly Mac[] {
  const oui = model.ouis?.[0] ?? driver.ouis[0];
  const start = first ?? (oui === undefined ? '020000000001' : `${oui}000001`);
  const parsed = parseMac(start);
  if (!parsed.ok) throw wrongUsage(`--mac ${start} is not a MAC address: 12 hexadecimal digits`);
  const number = parseInt(parsed.value, 16);
  if (number + count - 1 > LAST_MAC) throw wrongUsage(`there are no ${count} MAC addresses from ${start} on`);
  return Array.from({ length: count }, (_, index) => {
    const next = parseMac((number + index).toString(16).padStart(12, '0'));
    if (!next.ok) throw new Error('a number below 2^48 is a MAC');
    return next.value;
  });
}
