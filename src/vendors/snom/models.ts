import type { Model, ModelFeature, Sidecars } from '../../domain/model.ts';
import { modelId } from '../kit/driver.ts';

/** Configuration dialects under one brand: desk phones, RTX-made DECT bases, and what is not known to read such XML. */
export type Dialect = 'desk' | 'dect' | 'other';

/** The dialect is told by the family; everything else about a model is data. */
export const dialectOf = (model: Model): Dialect =>
  model.family === 'DECT' ? 'dect' : model.family === 'PA' || model.family === 'VTech' ? 'other' : 'desk';

// Snom wiki, "D7C User Manual", function key numbering: 18 keys a module, three modules in a chain.
export const KEYS_PER_MODULE = 18;
const sidecars = (...types: readonly string[]): Sidecars => ({ types, max: 3, keysPerModule: KEYS_PER_MODULE });

// One public template set lists 60 keys for a D8C, yet numbers 18 a module: the smaller figure addresses no key twice.
const D8C_NOTE =
  'D8C modules are listed with 18 and with 60 keys; 18 is used, as the key numbers of the templates have it';

const LAST_8 = '8.7.5.35';
const FIRST_10 = '10.1.33.33';
// D8xx came after 10.1.39; the version stands in the wiki's "checksync_action" and is only assumed.
const D8XX = '10.1.180';

interface Desk {
  readonly lines: number;
  readonly keys: number;
  readonly firmware: string;
  readonly exp?: Sidecars;
  readonly unverified?: readonly string[];
  readonly notes?: string;
  readonly features?: readonly ModelFeature[];
  /** Keys under the display; four where nothing else is known (gui_fkey1 to gui_fkey4). */
  readonly softKeys?: number;
}

/** The User-Agent, DHCP class and file names all say `snom` and the id: snomD785, snom715. */
const desk = (id: string, family: string, about: Desk): Model => ({
  id: modelId(id),
  family,
  userAgentToken: `snom${id}`,
  lines: about.lines,
  keys: about.keys,
  softKeys: about.softKeys ?? 4,
  ...(about.exp === undefined ? {} : { sidecars: about.exp }),
  features: about.features ?? [],
  fileStem: `snom${id}`,
  defaultFirmware: about.firmware,
  unverified: ['softKeys', ...(about.unverified ?? [])],
  ...(about.notes === undefined ? {} : { notes: about.notes }),
});

const dect = (id: string, lines: number, notes?: string): Model => ({
  id: modelId(id),
  family: 'DECT',
  userAgentToken: `Snom ${id}`,
  lines,
  keys: 0,
  features: ['dect'],
  fileStem: `snom${id}`,
  defaultFirmware: '05.20.0001',
  unverified: ['lines'],
  ...(notes === undefined ? {} : { notes }),
});

// Key and identity counts: public templates of three PBX makers, checked against the Snom wiki, "Function Keys".
export const models: readonly Model[] = [
  desk('300', '3xx', {
    lines: 4,
    keys: 6,
    firmware: LAST_8,
    unverified: ['lines', 'keys'],
    notes: 'has no client certificate of its own; 8.7 is its last firmware',
  }),
  desk('320', '3xx', {
    lines: 12,
    keys: 12,
    firmware: LAST_8,
    exp: { types: ['Vision'], max: 1, keysPerModule: KEYS_PER_MODULE },
    unverified: ['sidecars'],
    notes: 'has no client certificate of its own; a Vision module is named, its count and keys are not',
  }),
  desk('360', '3xx', { lines: 12, keys: 12, firmware: LAST_8, notes: 'has no client certificate of its own' }),
  desk('370', '3xx', { lines: 12, keys: 12, firmware: LAST_8, notes: 'has no client certificate of its own' }),
  desk('820', '8xx', { lines: 12, keys: 12, firmware: LAST_8 }),
  desk('821', '8xx', { lines: 12, keys: 12, firmware: LAST_8 }),
  desk('870', '8xx', { lines: 12, keys: 12, firmware: LAST_8, features: ['touch'] }),
  desk('MP', 'MP', {
    lines: 2,
    keys: 0,
    softKeys: 0,
    firmware: LAST_8,
    features: ['conference'],
    unverified: ['lines', 'keys'],
    notes: 'MeetingPoint',
  }),
  desk('PA1', 'PA', {
    lines: 1,
    keys: 0,
    softKeys: 0,
    firmware: '8.4.35',
    unverified: ['lines', 'keys'],
    notes:
      'announcement system; sources contradict each other on whether it reads XML or a text .cfg file: nothing is mapped, every setting is a gap',
  }),
  desk('710', '7xx', { lines: 4, keys: 5, firmware: LAST_8, notes: 'also sold as D710' }),
  desk('D712', 'D7xx', { lines: 4, keys: 5, firmware: FIRST_10 }),
  desk('D713', 'D7xx', { lines: 4, keys: 4, firmware: FIRST_10 }),
  desk('715', '7xx', {
    lines: 4,
    keys: 5,
    firmware: LAST_8,
    exp: sidecars('D7'),
    notes: 'sold as D715; does not provision without a domain name server in its DHCP lease',
  }),
  desk('D717', 'D7xx', { lines: 6, keys: 3, firmware: FIRST_10, exp: sidecars('D7C') }),
  desk('720', '7xx', { lines: 12, keys: 18, firmware: LAST_8, exp: sidecars('D7') }),
  desk('725', '7xx', { lines: 12, keys: 18, firmware: LAST_8, exp: sidecars('D7'), notes: 'sold as D725' }),
  desk('D735', 'D7xx', { lines: 12, keys: 32, firmware: FIRST_10, exp: sidecars('D7', 'D7C') }),
  desk('D745', 'D7xx', { lines: 12, keys: 32, firmware: FIRST_10, exp: sidecars('D7') }),
  desk('760', '7xx', { lines: 12, keys: 16, firmware: LAST_8, exp: sidecars('D7') }),
  desk('D765', 'D7xx', { lines: 12, keys: 16, firmware: FIRST_10, exp: sidecars('D7', 'D7C') }),
  desk('D785', 'D7xx', {
    lines: 12,
    keys: 24,
    firmware: FIRST_10,
    exp: sidecars('D7', 'D7C'),
    notes: 'templates allow three modules (78 keys in all) or four: three are used',
  }),
  desk('D120', 'D1xx', { lines: 2, keys: 2, firmware: FIRST_10 }),
  desk('D140', 'D1xx', { lines: 2, keys: 2, firmware: FIRST_10, unverified: ['lines'] }),
  desk('D150', 'D1xx', { lines: 2, keys: 2, firmware: FIRST_10, unverified: ['lines'] }),
  desk('D305', 'D3xx', { lines: 4, keys: 5, firmware: FIRST_10, exp: sidecars('D3') }),
  desk('D315', 'D3xx', { lines: 4, keys: 5, firmware: FIRST_10, exp: sidecars('D3') }),
  desk('D335', 'D3xx', {
    lines: 12,
    keys: 48,
    firmware: FIRST_10,
    exp: sidecars('D3'),
    unverified: ['keys'],
    notes: '8 physical keys on several pages',
  }),
  desk('D345', 'D3xx', { lines: 12, keys: 48, firmware: FIRST_10, exp: sidecars('D3') }),
  desk('D375', 'D3xx', { lines: 12, keys: 12, firmware: FIRST_10, exp: sidecars('D3') }),
  desk('D385', 'D3xx', { lines: 12, keys: 48, firmware: FIRST_10, exp: sidecars('D3') }),
  desk('D810', 'D8xx', { lines: 2, keys: 4, firmware: D8XX, unverified: ['lines', 'defaultFirmware'] }),
  desk('D812', 'D8xx', d8xx(28)),
  desk('D815', 'D8xx', d8xx(36)),
  desk('D862', 'D8xx', d8xx(28)),
  desk('D865', 'D8xx', d8xx(36)),
  desk('D892', 'D8xx', { ...d8xx(36), lines: 2, unverified: ['lines', 'sidecars', 'defaultFirmware'] }),
  desk('SP800', 'D8xx', {
    lines: 2,
    keys: 28,
    firmware: D8XX,
    unverified: ['lines', 'userAgentToken', 'defaultFirmware'],
  }),
  dect('M300', 20, 'single cell'),
  dect('M400', 20),
  dect('M700', 1000, 'multicell'),
  dect('M900', 1000, 'multicell'),
];

function d8xx(keys: number): Desk {
  return {
    lines: 12,
    keys,
    firmware: D8XX,
    exp: sidecars('D8C'),
    unverified: ['sidecars', 'defaultFirmware'],
    notes: D8C_NOTE,
  };
}

const known = new Map(models.map((model) => [model.id.toLowerCase(), model]));

/** `snomD785`, `d785` or `D715` (a label of the 715) → the model on the list. */
export function modelNamed(text: string): Model | undefined {
  const token = text.toLowerCase().replace(/^snom ?/, '');
  // The D was added on the label of the 710, 715 and 725 only; the phone still calls itself 715.
  return known.get(token) ?? known.get(token.replace(/^d/, ''));
}

/** A model that is not on the list gets what the smallest of its family can do, never a 404. */
export function fallbackModel(modelText: string | undefined): Model {
  const id = (modelText ?? 'unknown').replace(/^snom ?/i, '');
  const named = modelText === undefined ? {} : { fileStem: `snom${id}`, userAgentToken: `snom${id}` };
  const common = { id: modelId(id), features: [], unverified: ['lines', 'keys'], ...named };
  // C520, C620 and the M…KLE are made by VTech, the m3 reads text: other formats, so nothing is sent rather than this one.
  if (/^(?:c\d{3}|m\d{3}kle|m3|pa1plus)$/i.test(id))
    return { ...common, family: 'VTech', lines: 1, keys: 0, defaultFirmware: '1' };
  return /^m\d{3}$/i.test(id)
    ? { ...common, family: 'DECT', lines: 20, keys: 0, defaultFirmware: '05.20.0001' }
    : { ...common, family: 'D7xx', lines: 2, keys: 2, defaultFirmware: FIRST_10 };
}
