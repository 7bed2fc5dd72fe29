import type { Model, ModelFeature, Sidecars } from '../../domain/model.ts';
import { modelId } from '../kit/driver.ts';
import { NEWEST_GENERATION } from './generation.ts';

// Sources: Yealink administrator guides T2x/T4x V81, T5x V84–V87, DECT V81–V87; file stems and firmware numbers as seen in
// public templates for each model. Where two templates differ in a count, the lower one stands here: a key that a phone
// does not have is worse than one left alone.

/** How the User-Agent begins: `Yealink SIP-T46S`, `Yealink CP860`, `W52P`, `Yealink SIP VP-T49G`, `yealink SIP-T28P`. */
export type UserAgentForm = 'sip' | 'plain' | 'bare' | 'vp' | 'lower';

interface More {
  readonly features?: readonly ModelFeature[];
  readonly sidecars?: Sidecars;
  readonly memoryKeys?: number;
  readonly unverified?: readonly string[];
  readonly notes?: string;
}

const EXP38: Sidecars = { types: ['EXP38', 'EXP39'], max: 6, keysPerModule: 38 };
const EXP20: Sidecars = { types: ['EXP20', 'EXP40'], max: 6, keysPerModule: 40 };
const EXP40: Sidecars = { types: ['EXP40'], max: 6, keysPerModule: 40 };
const EXP43: Sidecars = { types: ['EXP43'], max: 3, keysPerModule: 60 };
const EXP50: Sidecars = { types: ['EXP50'], max: 3, keysPerModule: 60 };
const EXP55: Sidecars = { types: ['EXP55'], max: 3, keysPerModule: 78 };

/** Positions 1 to 4 are the soft keys below the display, the others navigation and function keys; the gaps do not exist. */
const range = (last: number, ...more: readonly number[]): readonly number[] => [
  ...Array.from({ length: last }, (_, index) => index + 1),
  ...more,
];

// Yealink administrator guide V81, "Programmable Keys": X by model. Of models that it does not name, the four soft keys.
const SOFT_KEYS: Readonly<Record<string, readonly number[]>> = {
  ...Object.fromEntries(['T46G', 'T46S', 'T46U', 'T48G', 'T48S', 'T48U'].map((id) => [id, range(10, 12, 13, 14)])),
  ...Object.fromEntries(['T41P', 'T41S', 'T41U', 'T42G', 'T42S', 'T42U'].map((id) => [id, range(10, 13)])),
  ...Object.fromEntries(['T27P', 'T27G', 'T29G'].map((id) => [id, range(14)])),
  ...Object.fromEntries(['T40P', 'T40G', 'T23P', 'T23G', 'T21P_E2'].map((id) => [id, range(10, 14)])),
};
const WITHOUT_SOFT_KEYS = ['DECT', 'DECT-multicell', 'AX', 'CP', 'VP', 'T5x-android'];

const softKeysOf = (id: string, family: string): readonly number[] =>
  WITHOUT_SOFT_KEYS.includes(family) ? [] : (SOFT_KEYS[id] ?? range(4));

/** `[first number of the firmware version, generation]`, and the NN of `y0000000000NN.cfg`. */
function phone(
  id: string,
  family: string,
  [lines, keys]: readonly [number, number],
  [prefix, generation, stem]: readonly [number, number, number?],
  more: More = {},
): Model {
  const softKeys = softKeysOf(id, family).length;
  return {
    id: modelId(id),
    family,
    lines,
    keys,
    ...(more.memoryKeys === undefined ? {} : { memoryKeys: more.memoryKeys }),
    ...(softKeys === 0 ? {} : { softKeys }),
    ...(more.sidecars === undefined ? {} : { sidecars: more.sidecars }),
    features: more.features ?? [],
    ...(stem === undefined ? {} : { fileStem: `y${String(stem).padStart(12, '0')}` }),
    defaultFirmware: `${prefix}.${generation}`,
    // The guides name the first number of each model's firmware; which generation a phone has when it does not say is a guess.
    unverified: ['defaultFirmware', ...(more.unverified ?? [])],
    ...(more.notes === undefined ? {} : { notes: more.notes }),
  };
}

const tellsTwo = (counts: string): More => ({
  unverified: ['keys'],
  notes: `Sources differ in the number of keys (${counts}); the lower one is taken.`,
});

export const models: readonly Model[] = [
  phone('T18', 'T1x', [2, 2], [18, 73], { unverified: ['lines', 'keys', 'softKeys'] }),
  phone('T19P', 'T1x', [1, 0], [31, 73, 31], { unverified: ['fileStem'] }),
  phone('T19P_E2', 'T1x', [1, 0], [53, 84, 53], { features: ['poe'] }),
  phone('T20P', 'T2x', [2, 2], [9, 73, 7], { features: ['poe'] }),
  phone('T21P', 'T2x', [2, 2], [34, 73, 34], { features: ['poe'], unverified: ['fileStem'] }),
  phone('T21P_E2', 'T2x', [2, 2], [52, 84, 52], {
    features: ['poe'],
    notes: 'T21 E2 and T21P E2 call themselves the same.',
  }),
  phone('T22P', 'T2x', [3, 3], [7, 73, 5], { features: ['poe'] }),
  phone('T23P', 'T2x', [3, 3], [44, 84, 44], { features: ['poe'] }),
  phone('T23G', 'T2x', [3, 3], [44, 84, 44], { features: ['poe', 'gigabit'] }),
  phone('T26P', 'T2x', [3, 3], [6, 73, 4], { features: ['poe'], memoryKeys: 10, sidecars: EXP38 }),
  phone('T27P', 'T2x', [6, 21], [45, 83, 45], { features: ['poe'], sidecars: EXP20 }),
  phone('T27G', 'T2x', [6, 21], [69, 86, 69], { features: ['poe', 'gigabit'], sidecars: EXP20 }),
  phone('T28P', 'T2x', [6, 6], [2, 73, 0], {
    features: ['poe'],
    memoryKeys: 10,
    sidecars: EXP38,
    notes:
      'Its model file y000000000000.cfg has the stem of the boot file y000000000000.boot, which all models ask for.',
  }),
  phone('T29G', 'T2x', [16, 27], [46, 83, 46], { features: ['poe', 'gigabit', 'colour'], sidecars: EXP20 }),
  phone('T30', 'T3x', [1, 0], [124, 86, 127], { unverified: ['fileStem'] }),
  phone('T30P', 'T3x', [1, 0], [124, 86, 127], { features: ['poe'], unverified: ['fileStem'] }),
  phone('T31', 'T3x', [2, 2], [124, 86, 123]),
  phone('T31P', 'T3x', [2, 2], [124, 86, 123], { features: ['poe'] }),
  phone('T31G', 'T3x', [2, 2], [124, 86, 123], { features: ['poe', 'gigabit'] }),
  phone('T31W', 'T3x', [2, 2], [124, 86, 172], { features: ['wifi'] }),
  phone('T32G', 'T3x', [3, 3], [32, 70, 32], { notes: 'Whether its keys count lines from 0 or 1 is not known (V70).' }),
  phone('T33P', 'T3x', [4, 12], [124, 86, 124], { features: ['poe'] }),
  phone('T33G', 'T3x', [4, 12], [124, 86, 124], { features: ['poe', 'gigabit', 'colour'] }),
  phone('T34W', 'T3x', [4, 12], [124, 86, 171], { features: ['wifi'] }),
  phone('T38G', 'T3x', [6, 6], [38, 70, 38], {
    memoryKeys: 10,
    sidecars: EXP38,
    notes: 'Whether its keys count lines from 0 or 1 is not known (V70). Two blanks after the model in its User-Agent.',
  }),
  phone('T40P', 'T4x', [3, 3], [54, 84, 54], { features: ['poe'] }),
  phone('T40G', 'T4x', [3, 3], [76, 84, 76], { features: ['poe', 'gigabit'] }),
  phone('T41P', 'T4x', [6, 15], [36, 83, 36], { features: ['poe'] }),
  phone('T41S', 'T4xS', [6, 15], [66, 86, 68], { features: ['poe'] }),
  phone('T41U', 'T4xU', [6, 15], [108, 86, 115], { features: ['poe'], unverified: ['fileStem'] }),
  phone('T42G', 'T4x', [12, 15], [29, 83, 29], { features: ['poe', 'gigabit'] }),
  phone('T42S', 'T4xS', [12, 15], [66, 86, 67], { features: ['poe', 'gigabit'] }),
  phone('T42U', 'T4xU', [12, 15], [108, 86, 116], { features: ['poe', 'gigabit'] }),
  phone('T43U', 'T4xU', [12, 15], [108, 86, 107], {
    features: ['poe', 'gigabit'],
    sidecars: EXP43,
    ...tellsTwo('15 and 21'),
  }),
  phone('T44U', 'T4xU', [12, 21], [108, 86, 173], {
    features: ['poe', 'gigabit'],
    sidecars: EXP43,
    ...tellsTwo('21 and 24'),
    unverified: ['keys', 'fileStem'],
  }),
  phone('T44W', 'T4xU', [12, 21], [108, 86, 174], {
    features: ['wifi'],
    sidecars: EXP43,
    ...tellsTwo('21 and 24'),
  }),
  phone('T46G', 'T4x', [16, 27], [28, 83, 28], { features: ['poe', 'gigabit', 'colour'], sidecars: EXP40 }),
  phone('T46S', 'T4xS', [16, 27], [66, 86, 66], { features: ['poe', 'gigabit', 'colour'], sidecars: EXP40 }),
  phone('T46U', 'T4xU', [16, 27], [108, 86, 108], { features: ['poe', 'gigabit', 'colour'], sidecars: EXP43 }),
  phone('T48G', 'T4x', [16, 29], [35, 83, 35], { features: ['poe', 'gigabit', 'touch'], sidecars: EXP40 }),
  phone('T48S', 'T4xS', [16, 29], [66, 86, 65], { features: ['poe', 'gigabit', 'touch'], sidecars: EXP40 }),
  phone('T48U', 'T4xU', [16, 29], [108, 86, 109], { features: ['poe', 'gigabit', 'touch'], sidecars: EXP43 }),
  phone('T49G', 'VP', [16, 29], [51, 80, 51], { features: ['video', 'touch'] }),
  phone('T52S', 'T5x', [12, 21], [70, 86, 74], { features: ['poe', 'gigabit'], sidecars: EXP50 }),
  phone('T53', 'T5x', [12, 21], [96, 86, 95], {
    sidecars: EXP50,
    notes: 'T53C has the same firmware. The first number of its version is 95 or 96.',
  }),
  phone('T53W', 'T5x', [12, 21], [96, 86, 95], { features: ['wifi', 'bluetooth'], sidecars: EXP50 }),
  phone('T54S', 'T5x', [16, 27], [70, 86, 70], { sidecars: EXP50 }),
  phone('T54W', 'T5x', [16, 27], [96, 86, 96], { features: ['wifi', 'bluetooth', 'colour'], sidecars: EXP50 }),
  phone('T57W', 'T5x', [16, 29], [96, 86, 97], { features: ['wifi', 'bluetooth', 'touch'], sidecars: EXP50 }),
  phone('T56A', 'T5x-android', [16, 27], [58, 86, 56], {
    features: ['android'],
    sidecars: EXP50,
    unverified: ['userAgentToken'],
  }),
  phone('T58', 'T5x-android', [16, 27], [58, 86, 58], {
    features: ['video', 'touch', 'android'],
    sidecars: EXP50,
    notes: 'T58A and T58V both call themselves T58.',
  }),
  phone('T58W', 'T5x-android', [16, 27], [150, 86, 150], {
    features: ['video', 'touch', 'wifi', 'android'],
    sidecars: EXP50,
  }),
  phone('VP59', 'VP', [16, 27], [91, 86, 91], {
    features: ['video', 'touch', 'android'],
    sidecars: EXP50,
    unverified: ['lines', 'keys'],
  }),
  phone('VP530', 'VP', [4, 0], [23, 70, 23], { features: ['video'] }),
  phone('T73U', 'T7x', [12, 40], [185, 87, 186], { sidecars: EXP55, ...tellsTwo('40 and 48') }),
  phone('T73W', 'T7x', [12, 40], [185, 87, 183], { features: ['wifi'], sidecars: EXP55 }),
  phone('T74U', 'T7x', [16, 50], [185, 87, 187], { sidecars: EXP55, ...tellsTwo('50 and 60') }),
  phone('T74W', 'T7x', [16, 50], [185, 87, 184], { features: ['wifi'], sidecars: EXP55 }),
  phone('T77U', 'T7x', [16, 95], [185, 87, 188], { features: ['touch'], sidecars: EXP55 }),
  phone('T85W', 'T8x', [16, 60], [185, 87, 196], { sidecars: EXP55, ...tellsTwo('60 and 72') }),
  phone('T87W', 'T8x', [16, 84], [185, 87, 197], { sidecars: EXP55, ...tellsTwo('84 and 95') }),
  phone('T88W', 'T8x', [16, 84], [192, 87, 192], { features: ['video'], sidecars: EXP55, ...tellsTwo('84 and 95') }),
  phone('T88V', 'T8x', [16, 84], [192, 87, 192], { features: ['video'], sidecars: EXP55 }),
  phone('CP860', 'CP', [1, 0], [37, 80, 37], { features: ['conference'] }),
  phone('CP920', 'CP', [1, 0], [78, 86, 78], { features: ['conference', 'wifi'] }),
  phone('CP925', 'CP', [1, 0], [148, 86, 148], { features: ['conference'] }),
  phone('CP960', 'CP', [1, 30], [73, 86, 73], { features: ['conference', 'android'] }),
  phone('CP965', 'CP', [1, 0], [143, 86, 143], { features: ['conference', 'android'], unverified: ['keys'] }),
  phone('AX83H', 'AX', [4, 0], [180, 87, 180], { features: ['wifi'] }),
  phone('AX86R', 'AX', [4, 0], [180, 87, 182], { features: ['wifi'] }),
  phone('W52P', 'DECT', [5, 0], [25, 81, 25], {
    features: ['dect'],
    notes: 'W56P is the same base with another handset and asks for the same file.',
  }),
  phone('W60B', 'DECT', [8, 0], [77, 85, 77], { features: ['dect'] }),
  phone('W70B', 'DECT', [10, 0], [146, 87, 146], { features: ['dect'] }),
  phone('W75DM', 'DECT-multicell', [20, 0], [175, 87, 175], { features: ['dect'] }),
  phone('W75B', 'DECT-multicell', [0, 0], [175, 87, 175], {
    features: ['dect'],
    notes: 'A base only: the W75DM gives it its configuration and firmware.',
  }),
  phone('W80DM', 'DECT-multicell', [30, 0], [103, 83, 103], { features: ['dect'], unverified: ['fileStem'] }),
  phone('W80B', 'DECT-multicell', [0, 0], [103, 83, 103], { features: ['dect'], unverified: ['fileStem'] }),
  phone('W90DM', 'DECT-multicell', [250, 0], [130, 87, 130], { features: ['dect'], unverified: ['fileStem'] }),
  phone('W90B', 'DECT-multicell', [0, 0], [130, 87, 130], { features: ['dect'], unverified: ['fileStem'] }),
];

const LISTED = new Map(models.map((model) => [model.id.toLowerCase(), model]));

/** What a User-Agent says → the model on the list that behaves like it. */
const ALIASES: Readonly<Record<string, string>> = {
  w56p: 'W52P',
  vp530p: 'VP530',
  t58a: 'T58',
  t58v: 'T58',
  t53c: 'T53',
};

/** The listed model behind a name as a phone or a person writes it: `t46s`, `SIP-T46S`, `W56P`. */
export function modelNamed(text: string): Model | undefined {
  const name = text.toLowerCase().replace(/^sip-/, '');
  return LISTED.get((ALIASES[name] ?? name).toLowerCase());
}

/** The least that any listed model of the same series has, so that nothing is offered which the phone may lack. */
function leastOf(series: readonly Model[]): Pick<Model, 'family' | 'lines' | 'keys'> {
  const lines = Math.min(...series.map((model) => model.lines));
  const keys = Math.min(...series.map((model) => model.keys));
  return { family: series[0]?.family ?? 'unknown', lines, keys };
}

/** A model that is not on the list gets what every phone of its series can do (`T49U`: what all T4x can), never a 404. */
export function fallbackModel(modelText: string | undefined): Model {
  const listed = modelText === undefined ? undefined : modelNamed(modelText);
  if (listed !== undefined) return listed;
  const series = (modelText ?? '').toUpperCase().slice(0, 2);
  const alike = models.filter((model) => series.length === 2 && model.id.startsWith(series) && model.lines > 0);
  return {
    id: modelId(modelText ?? 'unknown'),
    ...(alike.length === 0 ? { family: 'unknown', lines: 1, keys: 0 } : leastOf(alike)),
    features: [],
    // A model that we do not know is newer than this list.
    defaultFirmware: `0.${NEWEST_GENERATION}`,
    unverified: ['family', 'lines', 'keys', 'defaultFirmware'],
  };
}

/** Positions of `programablekey.N` that the model has. */
export const softKeyPositions = (model: Model): readonly number[] =>
  model.softKeys === undefined ? [] : softKeysOf(model.id, model.family);

/**
 * EXP20, EXP38 and EXP39 give position 21 to the key that turns the page. A T27 or T29 may have an EXP40 instead, which
 * has no such gap; the position is left out for both, since nothing says which module is attached.
 */
// unverified: public templates give position 1 to a page key as well; the guide for the T27 and T29 counts it as usable.
export const PAGE_KEY_POSITION = 21;
export const hasPageKey = (model: Model): boolean =>
  model.sidecars?.types.some((type) => ['EXP20', 'EXP38', 'EXP39'].includes(type)) ?? false;

const FORMS: Readonly<Record<string, UserAgentForm>> = {
  T18: 'lower',
  T28P: 'lower',
  T49G: 'vp',
  CP860: 'plain',
  AX83H: 'plain',
  AX86R: 'plain',
  W52P: 'bare',
  VP530: 'bare',
};

export const userAgentForm = (model: Model): UserAgentForm =>
  FORMS[model.id] ?? (model.family.startsWith('DECT') ? 'plain' : 'sip');

/** Which codec slots a model has up to V81 (administrator guide V81, "Audio Codecs"): T4 has both G.723 rates. */
export type CodecSlots = 't4' | 't4_opus' | 't2_opus' | 't2';

const CODEC_SLOTS: Readonly<Record<string, CodecSlots>> = {
  ...Object.fromEntries(['T41S', 'T42S', 'T46S', 'T48S', 'T54S', 'T52S'].map((id) => [id, 't4_opus'])),
  ...Object.fromEntries(['T40P', 'T40G', 'T23P', 'T23G', 'T21P_E2', 'T19P_E2'].map((id) => [id, 't2_opus'])),
  ...Object.fromEntries(['T27P', 'T27G'].map((id) => [id, 't2'])),
};

// unverified: slots of models that the guide does not name; every slot is written in full, so a wrong guess only costs a codec.
export const codecSlots = (model: Model): CodecSlots => CODEC_SLOTS[model.id] ?? 't4';

/** Models that have G.722.1 (public templates). */
export const hasG7221 = (model: Model): boolean => ['T56A', 'T58', 'CP960'].includes(model.id);

/** V70 models whose keys may count lines from 0: public templates contradict one another. */
export const doubtfulKeyLines = (model: Model): boolean => ['T32G', 'T38G'].includes(model.id);

/** Models that show pictures; the others take a logo of black and white dots. */
export const showsPictures = (model: Model): boolean =>
  model.features.some((feature) => feature === 'colour' || feature === 'touch' || feature === 'video');
