import type { Param } from '../kit/driver.ts';

/**
 * The phone counts watched extensions and macros 1, 2, 3 without gaps, and the n-th BLF key takes resource n (UCS 4.1 guide,
 * "Flexible Line Key Assignment"). One key cannot know how many come before it, so keys.ts writes `….keyK.…` with the key's
 * own number K and `arrange` counts, over the whole file, just before it is written.
 */
const NUMBERED = /^(?<list>attendant\.resourceList|efk\.efklist)\.key(?<key>\d{1,4})\.(?<rest>[\w.]+)$/;

/** Where the number of a key's macro is meant: the value of `lineKey.K.index`. */
const MACRO_OF_KEY = /^efk\.efklist\.key(?<key>\d{1,4})$/;
const LINE_KEY_INDEX = /^lineKey\.\d+\.index$/;

export const resourceParam = (key: number, rest: string): string => `attendant.resourceList.key${key}.${rest}`;
export const macroParam = (key: number, rest: string): string => `efk.efklist.key${key}.${rest}`;
export const macroIndex = (key: number): string => `efk.efklist.key${key}`;

type Numbers = ReadonlyMap<number, number>;

function numbersOf(params: readonly Param[], list: string): Numbers {
  const keys = params
    .map((param) => NUMBERED.exec(param.name)?.groups)
    .filter((groups) => groups?.['list'] === list)
    .map((groups) => Number(groups?.['key']));
  return new Map(
    Array.from(new Set(keys).values())
      .toSorted((a, b) => a - b)
      .map((key, index) => [key, index + 1]),
  );
}

/** `attendant.resourceList.key7.label` → `attendant.resourceList.2.label`. */
function numberedName(name: string, numbers: Readonly<Record<string, Numbers>>): string {
  const { list, key, rest } = NUMBERED.exec(name)?.groups ?? {};
  if (list === undefined || key === undefined || rest === undefined) return name;
  return `${list}.${numbers[list]?.get(Number(key)) ?? key}.${rest}`;
}

/** The macro that a line key runs, by its number in the list. */
function numberedIndex({ name, value }: Param, numbers: Readonly<Record<string, Numbers>>): string {
  const key = LINE_KEY_INDEX.test(name) ? MACRO_OF_KEY.exec(value)?.groups?.['key'] : undefined;
  const number = key === undefined ? undefined : numbers['efk.efklist']?.get(Number(key));
  return number === undefined ? value : String(number);
}

const numbered = (param: Param, numbers: Readonly<Record<string, Numbers>>): Param => ({
  ...param,
  name: numberedName(param.name, numbers),
  value: numberedIndex(param, numbers),
});

/** How many keys each registration is on, by the value of `lineKey.K.index` where the category is Line. */
function keysPerLine(params: readonly Param[]): ReadonlyMap<string, number> {
  const values = new Map(params.map((param) => [param.name, param.value]));
  const counts = new Map<string, number>();
  for (const [name, value] of values) {
    const key = /^lineKey\.(\d+)\.category$/.exec(name)?.[1];
    const line = key === undefined || value !== 'Line' ? undefined : values.get(`lineKey.${key}.index`);
    if (line !== undefined) counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return counts;
}

/** `reg.N.lineKeys` should equal the number of keys that N is on (public template for VVX and Edge E). */
function withKeyCount(param: Param, counts: ReadonlyMap<string, number>): Param {
  const line = /^reg\.(\d+)\.lineKeys$/.exec(param.name)?.[1];
  const count = line === undefined ? undefined : counts.get(line);
  return count === undefined || count < 2 || param.source.kind === 'raw' ? param : { ...param, value: String(count) };
}

const fromUs = (name: string, value: string): Param => ({ name, value, secret: false, source: { kind: 'vendor' } });

/**
 * With flexible keys on, a registration without a line key would have none at all: one whose usual key a layout gave away
 * takes the first key that nothing is on.
 */
function missingLineKeys(params: readonly Param[], counts: ReadonlyMap<string, number>): readonly Param[] {
  if (!params.some((param) => param.name === 'lineKey.reassignment.enabled' && param.value === '1')) return [];
  const taken = new Set(params.map((param) => /^lineKey\.(\d+)\./.exec(param.name)?.[1]));
  const free = Array.from({ length: taken.size + params.length }, (_, index) => String(index + 1)).filter(
    (key) => !taken.has(key),
  );
  return params
    .filter((param) => param.value !== '')
    .map((param) => /^reg\.(\d+)\.address$/.exec(param.name)?.[1])
    .filter((line) => line !== undefined && !counts.has(line))
    .flatMap((line, index) => [
      fromUs(`lineKey.${free[index] ?? ''}.category`, 'Line'),
      fromUs(`lineKey.${free[index] ?? ''}.index`, line ?? ''),
    ]);
}

/** The parameters as the phone must read them, none twice: a repeated attribute would make the whole file invalid. */
export function arrange(params: readonly Param[]): readonly Param[] {
  const numbers = {
    'attendant.resourceList': numbersOf(params, 'attendant.resourceList'),
    'efk.efklist': numbersOf(params, 'efk.efklist'),
  };
  const counts = keysPerLine(params);
  const arranged = new Map<string, Param>();
  for (const param of [...params, ...missingLineKeys(params, counts)]) {
    const ready = withKeyCount(numbered(param, numbers), counts);
    arranged.set(ready.name, ready);
  }
  return Array.from(arranged.values());
}
