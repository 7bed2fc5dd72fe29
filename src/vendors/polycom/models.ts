import type { FirmwareVersion } from '../../domain/firmware-version.ts';
import { oui } from '../../domain/mac.ts';
import type { Model, ModelFeature, Sidecars } from '../../domain/model.ts';
import { modelId } from '../kit/driver.ts';

type Family = 'soundpoint-legacy' | 'soundpoint' | 'soundstation' | 'vvx' | 'ccx' | 'trio' | 'edge-e' | 'spectralink';

/** What is different about a model beyond the record that every maker has. */
interface Traits {
  /** Keys can be placed one by one (lineKey.*): UCS 4.1 and later on VVX and Edge E. */
  readonly flexibleKeys: boolean;
  /** attendant.resourceList: SoundPoint IP 450, 550, 560, 650, 670 from SIP 3.2; VVX from UCS 4.0.1. */
  readonly watches: boolean;
  /** A picture can be put on the idle screen: guides and public templates for VVX and Edge E. */
  readonly wallpaper: boolean;
  /** Shows a licence page at the first start unless told otherwise: public templates for VVX and Edge E. */
  readonly asksForLicence: boolean;
  /** What stands before the `-` of the User-Agent. */
  readonly series?: string;
  /** Tables of their own that SIP 3.x keeps codec preferences in, beside the one without prefix. */
  readonly codecTables: readonly string[];
  /** The release named 3.3 is still in the old dialect here. */
  readonly sip33: boolean;
}

const PLAIN: Traits = {
  flexibleKeys: false,
  watches: false,
  wallpaper: false,
  asksForLicence: false,
  codecTables: [],
  sip33: false,
};
const VVX_LIKE = { flexibleKeys: true, watches: true, wallpaper: true, asksForLicence: true };

const FAMILY_TRAITS: Readonly<Record<string, Traits>> = {
  'soundpoint-legacy': { ...PLAIN, series: 'PolycomSoundPointIP' },
  soundpoint: { ...PLAIN, series: 'PolycomSoundPointIP' },
  soundstation: { ...PLAIN, series: 'PolycomSoundStationIP' },
  vvx: { ...PLAIN, ...VVX_LIKE, series: 'PolycomVVX' },
  // The guide's table of flexible keys names VVX, a public template Edge E; nothing names CCX.
  ccx: { ...PLAIN, watches: true, series: 'PolyCCX' },
  // unverified: no User-Agent of a Trio was seen.
  trio: { ...PLAIN, series: 'PolycomRealPresenceTrio' },
  'edge-e': { ...PLAIN, ...VVX_LIKE, series: 'PolyEdge' },
  spectralink: PLAIN,
} satisfies Record<Family, Traits>;

// Tables: shipped sip.cfg of SIP 3.x names IP_300, IP_650, IP_4000, IP_5000, IP_6000, IP_7000 and VVX_1500.
// unverified: that 301 reads the table of 300, and 550, 560 and 670 that of 650; the plain table is written as well.
const MODEL_TRAITS: Readonly<Record<string, Partial<Traits>>> = {
  SPIP300: { codecTables: ['IP_300'] },
  SPIP301: { codecTables: ['IP_300'] },
  SPIP320: { sip33: true },
  SPIP330: { sip33: true },
  SPIP450: { watches: true },
  SPIP550: { watches: true, codecTables: ['IP_650'] },
  SPIP560: { watches: true, codecTables: ['IP_650'] },
  SPIP650: { watches: true, codecTables: ['IP_650'] },
  SPIP670: { watches: true, codecTables: ['IP_650'] },
  SSIP4000: { codecTables: ['IP_4000'] },
  SSIP5000: { codecTables: ['IP_5000'] },
  SSIP6000: { codecTables: ['IP_6000'] },
  SSIP7000: { codecTables: ['IP_7000'] },
  VVX1500: { codecTables: ['VVX_1500'] },
};

export const traitsOf = (model: Model): Traits => ({
  ...(FAMILY_TRAITS[model.family] ?? PLAIN),
  ...MODEL_TRAITS[model.id],
});

interface Figures {
  readonly token?: string;
  readonly keys?: number;
  readonly firmware: string;
  readonly features?: readonly ModelFeature[];
  readonly sidecars?: Sidecars;
  readonly unverified?: readonly string[];
  readonly notes?: string;
}

// unverified: four soft keys; custom ones need enhanced feature keys (UCS 3.3 or later, or feature 18 in SIP 3.x).
const SOFT_KEYS = 4;

const model = (id: string, family: Family, lines: number, figures: Figures): Model => ({
  id: modelId(id),
  family,
  lines,
  keys: figures.keys ?? lines,
  features: figures.features ?? [],
  defaultFirmware: figures.firmware,
  ...(family === 'soundpoint-legacy' || family === 'spectralink' ? {} : { softKeys: SOFT_KEYS }),
  ...(figures.token === undefined ? {} : { userAgentToken: figures.token }),
  ...(figures.sidecars === undefined ? {} : { sidecars: figures.sidecars }),
  ...(figures.notes === undefined ? {} : { notes: figures.notes }),
  unverified: ['softKeys', ...(figures.unverified ?? [])],
});

const BACKLIT_EM: Sidecars = { types: ['Backlit EM'], max: 3, keysPerModule: 14 };
const COLOUR_EM: Sidecars = { types: ['Color EM'], max: 3, keysPerModule: 14 };
const VVX_EM: Sidecars = { types: ['VVX EM'], max: 3, keysPerModule: 40 };
const EM_NOTE =
  'UCS 4.1.6 guide: the paper module has 40 keys, the colour module 84. 40 is taken: the first module is right for both, with colour modules the keys of a second and third do not sit where they are written';
const EM50: Sidecars = { types: ['VVX EM50'], max: 3, keysPerModule: 30 };
const MANY_LINES = 'public templates: 34 lines in one, 47 watched extensions in another; 34 is taken';

const LINES = ['lines', 'keys'];

const soundpoint: readonly Model[] = [
  model('SPIP300', 'soundpoint-legacy', 2, { token: 'SPIP_300', firmware: '2.1' }),
  model('SPIP301', 'soundpoint-legacy', 2, { token: 'SPIP_301', firmware: '3.1' }),
  model('SPIP320', 'soundpoint', 2, { token: 'SPIP_320', firmware: '3.2', notes: 'last release SIP 3.3' }),
  model('SPIP321', 'soundpoint', 2, { token: 'SPIP_321', firmware: '4.0' }),
  model('SPIP330', 'soundpoint', 2, { token: 'SPIP_330', firmware: '3.2', notes: 'last release SIP 3.3' }),
  model('SPIP331', 'soundpoint', 2, { token: 'SPIP_331', firmware: '4.0' }),
  model('SPIP335', 'soundpoint', 2, { token: 'SPIP_335', firmware: '4.0' }),
  model('SPIP430', 'soundpoint', 2, { token: 'SPIP_430', firmware: '3.2' }),
  model('SPIP450', 'soundpoint', 3, { token: 'SPIP_450', firmware: '4.0', features: ['poe'] }),
  model('SPIP501', 'soundpoint-legacy', 3, { token: 'SPIP_501', firmware: '3.1' }),
  model('SPIP550', 'soundpoint', 4, { token: 'SPIP_550', firmware: '4.0', features: ['poe'] }),
  model('SPIP560', 'soundpoint', 4, { token: 'SPIP_560', firmware: '4.0', features: ['poe', 'gigabit'] }),
  model('SPIP600', 'soundpoint-legacy', 6, { token: 'SPIP_600', firmware: '3.1' }),
  model('SPIP601', 'soundpoint-legacy', 6, { token: 'SPIP_601', firmware: '3.1', sidecars: BACKLIT_EM }),
  model('SPIP650', 'soundpoint', 34, {
    token: 'SPIP_650',
    keys: 6,
    firmware: '4.0',
    sidecars: BACKLIT_EM,
    notes: MANY_LINES,
  }),
  model('SPIP670', 'soundpoint', 34, {
    token: 'SPIP_670',
    keys: 6,
    firmware: '4.0',
    sidecars: COLOUR_EM,
    notes: MANY_LINES,
  }),
];

const soundstation: readonly Model[] = [
  model('SSIP4000', 'soundstation', 1, {
    token: 'SSIP_4000',
    keys: 0,
    firmware: '3.2',
    features: ['conference'],
    unverified: ['defaultFirmware'],
  }),
  model('SSIP5000', 'soundstation', 1, {
    token: 'SSIP_5000',
    keys: 0,
    firmware: '4.0.3.7562',
    features: ['conference', 'poe'],
  }),
  model('SSIP6000', 'soundstation', 1, {
    token: 'SSIP_6000',
    keys: 0,
    firmware: '4.0.4.2906',
    features: ['conference', 'poe'],
  }),
  model('SSIP7000', 'soundstation', 1, {
    token: 'SSIP_7000',
    keys: 0,
    firmware: '4.0',
    features: ['conference', 'poe'],
    unverified: ['defaultFirmware'],
  }),
  model('SoundStationDuo', 'soundstation', 1, {
    keys: 0,
    firmware: '4.0',
    features: ['conference'],
    unverified: ['defaultFirmware', 'userAgentToken'],
  }),
];

const VVX = '5.9.6.2327';

/** UCS 5.9.6.2327 was seen on a VVX 411 and is taken for the others. */
const vvxModel = (number: number, lines: number, more: Partial<Figures> = {}): Model =>
  model(`VVX${number}`, 'vvx', lines, {
    token: `VVX_${number}`,
    firmware: VVX,
    ...(more.sidecars === VVX_EM ? { notes: EM_NOTE } : {}),
    ...more,
    unverified: number === 411 ? [] : ['defaultFirmware'],
  });

const vvx: readonly Model[] = [
  vvxModel(101, 1, { keys: 2, firmware: '5.4.3.1014' }),
  vvxModel(150, 2),
  vvxModel(200, 2),
  vvxModel(201, 2),
  vvxModel(250, 4),
  vvxModel(300, 6, { sidecars: VVX_EM }),
  vvxModel(301, 6, { sidecars: VVX_EM }),
  vvxModel(310, 6, { sidecars: VVX_EM, features: ['gigabit'] }),
  vvxModel(311, 6, { sidecars: VVX_EM, features: ['gigabit'] }),
  vvxModel(350, 6),
  vvxModel(400, 12, { sidecars: VVX_EM }),
  vvxModel(401, 12, { sidecars: VVX_EM }),
  vvxModel(410, 12, { sidecars: VVX_EM }),
  vvxModel(411, 12, { sidecars: VVX_EM }),
  vvxModel(450, 12, {
    sidecars: EM50,
    notes:
      'keys of a VVX EM50: 40 in a public template, 30 on each page elsewhere (unverified); 30 is taken, every module has those',
  }),
  vvxModel(500, 12, { sidecars: VVX_EM, features: ['touch'], notes: `video camera is an option; ${EM_NOTE}` }),
  vvxModel(501, 12, { sidecars: VVX_EM, features: ['touch'], notes: `video camera is an option; ${EM_NOTE}` }),
  vvxModel(600, 16, { sidecars: VVX_EM, features: ['touch', 'bluetooth'] }),
  vvxModel(601, 16, { sidecars: VVX_EM, features: ['touch', 'bluetooth'] }),
  vvxModel(1500, 6, { features: ['touch', 'video'] }),
];

const later: readonly Model[] = [
  model('CCX400', 'ccx', 24, { token: 'CCX_400', firmware: '9.4.1.0508', unverified: [...LINES, 'defaultFirmware'] }),
  model('CCX500', 'ccx', 24, { token: 'CCX_500', firmware: '9.4.1.0508', unverified: LINES }),
  model('CCX600', 'ccx', 24, { token: 'CCX_600', firmware: '9.4.1.0508', unverified: [...LINES, 'defaultFirmware'] }),
  model('TRIO8800', 'trio', 3, {
    keys: 0,
    token: 'Trio_8800',
    firmware: '5.9',
    features: ['conference'],
    unverified: ['lines', 'userAgentToken', 'defaultFirmware'],
  }),
  model('EDGEE100', 'edge-e', 2, { token: 'Edge_E100', firmware: '8.0.0.15602', unverified: LINES }),
  model('EDGEE220', 'edge-e', 4, { token: 'Edge_E220', firmware: '8.0.0.15602', unverified: LINES }),
  model('EDGEE350', 'edge-e', 8, { token: 'Edge_E350', firmware: '8.3.1.0614', unverified: LINES }),
  model('EDGEE450', 'edge-e', 14, { token: 'Edge_E450', firmware: '8.0.0.15602', unverified: LINES }),
  model('EDGEE550', 'edge-e', 16, {
    token: 'Edge_E550',
    firmware: '8.0.0.15602',
    unverified: LINES,
    notes: 'one public source counts registrations 1 to 34; 16 is taken',
  }),
  {
    ...model('SPECTRALINK8030', 'spectralink', 1, {
      keys: 0,
      firmware: '3.2',
      unverified: ['defaultFirmware', 'userAgentToken'],
      notes: 'Wi-Fi handset in the SoundPoint dialect',
    }),
    // Assigned to Polycom when it owned SpectraLink; today both makers' phones carry it, so it stands for this model only.
    ouis: [oui('00907a')],
  },
];

/** Lines, keys and modules as public templates and the UCS 4 to 6 guides have them; what none confirms is named in `unverified`. */
export const models: readonly Model[] = [...soundpoint, ...soundstation, ...vvx, ...later];

const bare = (text: string): string => text.replaceAll('_', '').toUpperCase();

const byName = new Map<string, Model>(
  models.flatMap((known) => [known.id, known.userAgentToken ?? known.id].map((name) => [bare(name), known] as const)),
);

/** The model a phone names itself by: `SPIP_650`, `Edge_E450`, `VVX411`. */
export const findModel = (text: string): Model | undefined => byName.get(bare(text));

const FALLBACKS: readonly (readonly [RegExp, Family, string])[] = [
  [/^SPIP/, 'soundpoint', '4.0'],
  [/^(SSIP|SOUNDSTATION)/, 'soundstation', '4.0'],
  [/^CCX/, 'ccx', '9.4.1.0508'],
  [/^TRIO/, 'trio', '5.9'],
  [/^EDGE/, 'edge-e', '8.0.0.15602'],
];

/** A model that is not on the list gets what every phone of its series can do. */
export function fallbackModel(modelText: string | undefined): Model {
  const id = modelText ?? 'unknown';
  const [, family, firmware] = FALLBACKS.find(([pattern]) => pattern.test(bare(id))) ?? [
    undefined,
    'vvx' as const,
    VVX,
  ];
  return {
    id: modelId(id),
    family,
    lines: 1,
    keys: 0,
    features: [],
    defaultFirmware: firmware,
    unverified: ['lines', 'keys'],
  };
}

/** SIP 2.x and 3.x; UCS 3.3 to 9.x. */
export function knowsFirmware(version: FirmwareVersion): boolean {
  const major = version.parts[0]?.[0];
  return major !== undefined && major >= 2 && major <= 9;
}
