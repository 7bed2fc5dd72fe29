import type { Model, ModelFeature, Sidecars } from '../../domain/model.ts';
import { modelId } from '../kit/driver.ts';

// Sources: Linksys SPA9x2 administrator guide, Cisco SPA300/500 and SPA100 guides; counts, product series numbers and
// User-Agents as seen in public templates and logs.

/** Phones; SPA525G(2), which renames a few; ATAs, with features per line; SPA1xx ATAs, whose network and logins stand in a subtree of their own. */
export type Tags = 'phone' | 'spa525' | 'ata' | 'ata_router';

/** What tells one family from another in a file: the vocabulary of its tags, its charset, and what it lacks. */
export interface Dialect {
  readonly tags: Tags;
  /** SPA9xx reads ISO-8859-1 only; later models UTF-8. */
  readonly charset: 'iso-8859-1' | 'utf-8';
  /** How the User-Agent begins and what follows the model; undefined where none was seen. */
  readonly userAgent?: 'Linksys' | 'Cisco with MAC' | 'Cisco';
  /** First numbers of the firmware versions that the rules were written for. */
  readonly firmware: readonly number[];
  /** Tags that came with SPA3xx/5xx: Alternate_Proxy, LLDP-MED, Feature_Key_Sync, Group_Paging_Script, Phone-UI-user-mode. */
  readonly later: boolean;
  /** `Resync_At__HHmm_`: "SPA5xx, SPA1xx/2xx, 19x; not in the SPA942 dump". */
  readonly resyncAt: boolean;
  /** The tag by which the phone fetches a CA of ours (ATA 191/192 guide: Custom_CA_URL). unverified: on SPA, where templates only show the tags. */
  readonly customCa?: 'Custom_CA_RULE' | 'Custom_CA_URL';
}

const SPA9XX: Dialect = {
  tags: 'phone',
  charset: 'iso-8859-1',
  userAgent: 'Linksys',
  firmware: [4, 5, 6],
  later: false,
  resyncAt: false,
};
const SPA5XX: Dialect = {
  tags: 'phone',
  charset: 'utf-8',
  userAgent: 'Cisco with MAC',
  firmware: [7],
  later: true,
  resyncAt: true,
  customCa: 'Custom_CA_RULE',
};
const SPA1XX: Dialect = {
  tags: 'ata_router',
  charset: 'utf-8',
  userAgent: 'Cisco',
  firmware: [1],
  later: false,
  resyncAt: true,
  customCa: 'Custom_CA_URL',
};
const DIALECTS: Readonly<Record<string, Dialect>> = {
  spa9xx: SPA9XX,
  spa3xx: SPA5XX,
  spa5xx: SPA5XX,
  spa525: { ...SPA5XX, tags: 'spa525', userAgent: 'Cisco', customCa: 'Custom_CA_URL' },
  ata: {
    tags: 'ata',
    charset: 'utf-8',
    userAgent: 'Linksys',
    firmware: [1, 2, 3, 5, 6],
    later: false,
    resyncAt: false,
  },
  'spa1xx-ata': SPA1XX,
  spa232d: SPA1XX,
  'ata19x-mpp': { ...SPA1XX, firmware: [11, 12] },
};

export const dialectOf = (model: Model): Dialect => DIALECTS[model.family] ?? SPA9XX;

export const isAta = (model: Model): boolean => dialectOf(model).tags.startsWith('ata');

// SPA901: "no display; IVR"; SPA501G: "no LCD screen, paper labels".
const WITHOUT_DISPLAY: readonly string[] = ['SPA901', 'SPA501G'];
export const hasDisplay = (model: Model): boolean => !isAta(model) && !WITHOUT_DISPLAY.includes(model.id);

/** Their line 2 and up is the gateway to the telephone network, not an extension: it is left as it is. */
const GATEWAYS: readonly string[] = ['SPA3102', 'SPA8800'];
export const isGateway = (model: Model): boolean => GATEWAYS.includes(model.id);

/** One list of watched extensions for the whole phone, `BLF_List_URI`. */
export const takesBlfList = (model: Model): boolean => model.id === 'SPA525G2';

/** `Resync_Random_Delay` counts multiples of 20 s from SPA2102 on, plain seconds on Sipura of the SPA-2000 era. */
// unverified: that SPA1001 is of that era.
export const randomDelayUnit = (model: Model): number => (model.id === 'SPA1001' ? 1 : 20);

/** Built-in ringtones: 1 to 12 on SPA3xx/5xx, to 10 on SPA9xx, to 9 on ATAs. */
export function ringtones(model: Model): number {
  if (isAta(model)) return 9;
  return dialectOf(model).later ? 12 : 10;
}

interface More {
  readonly token?: string;
  readonly features?: readonly ModelFeature[];
  readonly sidecars?: Sidecars;
  readonly unverified?: readonly string[];
  readonly notes?: string;
}

const SPA932: Sidecars = { types: ['SPA932'], max: 2, keysPerModule: 32 };
const SPA500S: Sidecars = { types: ['SPA500S'], max: 2, keysPerModule: 32 };
const SPA500: Sidecars = { types: ['SPA500S', 'SPA500DS'], max: 2, keysPerModule: 32 };

/** `psn` is what $PSN expands to: the file that a factory phone asks for is `/spa$PSN.cfg`. */
function phone(
  id: string,
  family: string,
  [lines, keys]: readonly [number, number],
  [psn, firmware]: readonly [string | undefined, string],
  { token, features = [], sidecars, unverified = [], notes }: More = {},
): Model {
  return {
    id: modelId(id),
    family,
    ...(token === undefined ? {} : { userAgentToken: token }),
    lines,
    keys,
    ...(sidecars === undefined ? {} : { sidecars }),
    features,
    ...(psn === undefined ? {} : { fileStem: psn }),
    defaultFirmware: firmware,
    // Which firmware a phone has that does not say it is a guess; it changes nothing but the upgrade rule.
    unverified: ['defaultFirmware', ...unverified],
    ...(notes === undefined ? {} : { notes }),
  };
}

const SPA9XX_FW = '6.1.5(a)';
const SPA5XX_FW = '7.4.8a';
const GIGABIT: readonly ModelFeature[] = ['poe', 'pc_port', 'gigabit'];
const DESK: readonly ModelFeature[] = ['poe', 'pc_port'];

export const models: readonly Model[] = [
  phone('SPA942', 'spa9xx', [4, 4], ['942', SPA9XX_FW], { token: 'SPA-942', features: DESK }),
  phone('SPA962', 'spa9xx', [6, 6], ['962', SPA9XX_FW], {
    token: 'SPA-962',
    features: [...DESK, 'colour'],
    sidecars: SPA932,
  }),
  phone('SPA901', 'spa9xx', [1, 0], ['901', SPA9XX_FW], { token: 'SPA-901', notes: 'No display; IVR.' }),
  phone('SPA921', 'spa9xx', [1, 1], ['921', SPA9XX_FW], {
    token: 'SPA-921',
    unverified: ['lines'],
    notes: 'One source lists four lines; the phone has one line key, so one stands here.',
  }),
  phone('SPA922', 'spa9xx', [1, 1], ['922', SPA9XX_FW], { token: 'SPA-922', features: DESK }),
  phone('SPA941', 'spa9xx', [4, 4], ['941', SPA9XX_FW], {
    token: 'SPA-941',
    unverified: ['lines'],
    notes: 'Early units have two lines without a licence (unverified).',
  }),
  phone('SPA301', 'spa3xx', [1, 0], ['301', SPA5XX_FW], { token: 'SPA301' }),
  phone('SPA303', 'spa3xx', [3, 3], ['303', SPA5XX_FW], {
    token: 'SPA303',
    features: ['pc_port'],
    sidecars: SPA500S,
    unverified: ['sidecars'],
    notes: 'Whether a module can be attached is not confirmed.',
  }),
  phone('SPA501G', 'spa5xx', [8, 8], ['501G', SPA5XX_FW], {
    token: 'SPA501G',
    features: DESK,
    sidecars: SPA500S,
    notes: 'No LCD screen, paper labels.',
  }),
  phone('SPA502G', 'spa5xx', [1, 0], ['502G', SPA5XX_FW], { token: 'SPA502G', features: DESK, sidecars: SPA500S }),
  phone('SPA504G', 'spa5xx', [4, 4], ['504G', SPA5XX_FW], { token: 'SPA504G', features: DESK, sidecars: SPA500 }),
  phone('SPA508G', 'spa5xx', [8, 8], ['508G', SPA5XX_FW], { token: 'SPA508G', features: DESK, sidecars: SPA500 }),
  phone('SPA509G', 'spa5xx', [12, 12], ['509G', SPA5XX_FW], { token: 'SPA509G', features: DESK, sidecars: SPA500 }),
  phone('SPA512G', 'spa5xx', [1, 0], ['512G', SPA5XX_FW], { token: 'SPA512G', features: GIGABIT, sidecars: SPA500 }),
  phone('SPA514G', 'spa5xx', [4, 4], ['514G', SPA5XX_FW], { token: 'SPA514G', features: GIGABIT, sidecars: SPA500 }),
  phone('SPA525G', 'spa525', [5, 5], ['525G', '7.4.7'], {
    token: 'SPA525G',
    features: ['poe', 'wifi', 'bluetooth', 'colour', 'usb'],
    sidecars: SPA500,
    notes: 'May look for a call manager (SCCP) until it is told SIP.',
  }),
  phone('SPA525G2', 'spa525', [5, 5], ['525G2', '7.4.7'], {
    token: 'SPA525G2',
    features: ['poe', 'wifi', 'bluetooth', 'colour', 'usb', 'vpn'],
    sidecars: SPA500,
  }),
  phone('SPA302D', 'spa232d', [2, 0], ['232D', '1.3.5'], {
    features: ['dect', 'ata'],
    unverified: ['lines', 'fileStem'],
    notes: 'Handset of the SPA232D base, which is what asks for the file.',
  }),
  phone('PAP2T', 'ata', [2, 0], [undefined, '5.1.6'], {
    token: 'PAP2T',
    features: ['ata'],
    notes: 'A factory unit asks for /init.cfg, not /spaPAP2T.cfg. Two FXS ports.',
  }),
  phone('SPA1001', 'ata', [1, 0], ['1001', '3.1.19'], { features: ['ata'], notes: 'One FXS port.' }),
  phone('SPA2102', 'ata', [2, 0], ['2102', '5.2.12'], {
    token: 'SPA-2102',
    features: ['ata', 'router'],
    notes: 'Two FXS ports.',
  }),
  phone('SPA3102', 'ata', [2, 0], ['3102', '5.1.10'], {
    token: 'SPA-3102',
    features: ['ata', 'router'],
    notes: 'Line 1 is the FXS port, line 2 the gateway to the telephone network, which is left as it is.',
  }),
  phone('SPA8000', 'ata', [8, 0], ['8000', '6.1.3'], {
    token: 'SPA8000',
    features: ['ata', 'router'],
    notes: 'Eight FXS ports.',
  }),
  phone('SPA8800', 'ata', [8, 0], ['8800', '6.1.3'], {
    token: 'SPA8800',
    features: ['ata'],
    unverified: ['lines'],
    notes: 'Four FXS and four FXO ports (split unverified); unused lines are left as they are.',
  }),
  phone('SPA112', 'spa1xx-ata', [2, 0], ['112', '1.3.5'], {
    token: 'SPA112',
    features: ['ata'],
    notes: 'Two FXS ports.',
  }),
  phone('SPA122', 'spa1xx-ata', [2, 0], ['122', '1.3.5'], {
    token: 'SPA122',
    features: ['ata', 'router'],
    notes: 'Two FXS ports.',
  }),
  phone('ATA191', 'ata19x-mpp', [2, 0], [undefined, '11.2.1'], {
    features: ['ata'],
    notes: 'Multiplatform firmware only. Two FXS ports.',
  }),
  phone('ATA192', 'ata19x-mpp', [2, 0], [undefined, '11.2.1'], {
    features: ['ata', 'router'],
    notes: 'Multiplatform firmware only. Two FXS ports.',
  }),
];

/** `SPA-942` in a User-Agent, `SPA525g` in a DHCP class, `SPA942` on the label: without dash, in capitals. */
export const normalised = (text: string): string => text.replaceAll('-', '').toUpperCase();

const byName = new Map(models.map((model) => [model.id as string, model]));
export const modelNamed = (text: string): Model | undefined => byName.get(normalised(text).replace(/MPP$/, ''));

const byPsn = new Map(models.map((model) => [model.fileStem?.toLowerCase(), model]));
export const modelOfPsn = (psn: string): Model | undefined => byPsn.get(psn.toLowerCase());

const FAMILY_OF: readonly (readonly [RegExp, string])[] = [
  [/^SPA9\d\d/, 'spa9xx'],
  [/^SPA3\d\d(?!\d)/, 'spa3xx'],
  [/^SPA525/, 'spa525'],
  [/^SPA5\d\d/, 'spa5xx'],
  [/^SPA232D/, 'spa232d'],
  [/^SPA1\d\d(?!\d)/, 'spa1xx-ata'],
  [/^(?:SPA\d{4}|PAP|WRP|RTP)/, 'ata'],
  [/^ATA19/, 'ata19x-mpp'],
];

/** A model that is not on the list gets what every phone of its family can do; of an unknown family, what the oldest can. */
export function fallbackModel(modelText: string | undefined): Model {
  const name = normalised(modelText ?? '');
  return {
    id: modelId(modelText ?? 'unknown'),
    family: FAMILY_OF.find(([pattern]) => pattern.test(name))?.[1] ?? 'spa9xx',
    lines: 1,
    keys: 0,
    features: [],
  };
}
