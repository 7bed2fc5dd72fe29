import type { AudioCodec } from '../../../domain/settings/line.ts';
import { partly, type MapContext, type Params, type Partly } from '../../kit/driver.ts';
import { account, flag, from } from '../generation.ts';
import { codecSlots, hasG7221, type CodecSlots } from '../models.ts';

// Yealink administrator guides V70 to V87, "Audio Codecs". Up to V81 a codec is a numbered slot, from V82 it has a name; the
// two forms overlap in public templates of V73 to V81, so both are written there.

/** `account.X.codec.<name>.*` of V82 and later; `kpbs` is the maker's spelling. */
// unverified: whether the phone heeds the case of G722_1…
const NAMES = {
  pcmu: ['pcmu'],
  pcma: ['pcma'],
  g722: ['g722'],
  g729: ['g729'],
  g723: ['g723_53', 'g723_63'],
  g726_16: ['g726_16'],
  g726_24: ['g726_24'],
  g726_32: ['g726_32'],
  g726_40: ['g726_40'],
  ilbc: ['ilbc_13_33kbps', 'ilbc_15_2kbps'],
  opus: ['opus'],
  gsm: [],
  g722_1: ['G722_1_24kpbs'],
  g722_1c: ['G722_1c_24kpbs', 'G722_1c_32kpbs', 'G722_1c_48kpbs'],
} as const satisfies Record<AudioCodec, readonly string[]>;

type Payload =
  'PCMU' | 'PCMA' | 'G723_53' | 'G723_63' | 'G729' | 'G722' | 'iLBC' | `G726-${16 | 24 | 32 | 40}` | 'opus';

/** `payload_type` of the numbered form. */
const PAYLOADS = {
  pcmu: ['PCMU'],
  pcma: ['PCMA'],
  g722: ['G722'],
  g729: ['G729'],
  g723: ['G723_53', 'G723_63'],
  g726_16: ['G726-16'],
  g726_24: ['G726-24'],
  g726_32: ['G726-32'],
  g726_40: ['G726-40'],
  ilbc: ['iLBC'],
  opus: ['opus'],
  gsm: [],
  g722_1: [],
  g722_1c: [],
} as const satisfies Record<AudioCodec, readonly Payload[]>;

const RTP_MAP = {
  PCMU: '0',
  PCMA: '8',
  G723_53: '4',
  G723_63: '4',
  G729: '18',
  G722: '9',
  iLBC: '106',
  'G726-16': '103',
  'G726-24': '104',
  'G726-32': '102',
  'G726-40': '105',
  opus: '107',
} as const satisfies Record<Payload, string>;

const G726: readonly Payload[] = ['G726-16', 'G726-24', 'G726-32', 'G726-40'];
const T4: readonly Payload[] = ['PCMU', 'PCMA', 'G723_53', 'G723_63', 'G729', 'G722', 'iLBC', ...G726];
const T2: readonly Payload[] = ['PCMU', 'PCMA', 'G729', 'G722', 'iLBC', ...G726];
const SLOTS = { t4: T4, t4_opus: [...T4, 'opus'], t2: T2, t2_opus: [...T2, 'opus'] } as const satisfies Record<
  CodecSlots,
  readonly Payload[]
>;

const ALL_NAMES = Object.values(NAMES).flat();
const ordinaryName = (name: string): boolean => !name.startsWith('G722_1');
const ORDINARY_NAMES = ALL_NAMES.filter(ordinaryName);

/** Every codec that the phone has is written, switched on with its rank or switched off: what is left out keeps its factory state. */
function named(codecs: readonly AudioCodec[], ctx: MapContext): Params {
  const known: readonly string[] = hasG7221(ctx.model) ? ALL_NAMES : ORDINARY_NAMES;
  const ranked = codecs.flatMap<string>((codec) => NAMES[codec]).filter((name) => known.includes(name));
  const params: Record<string, string> = {};
  for (const name of known) {
    const rank = ranked.indexOf(name) + 1;
    params[account(ctx, `codec.${name}.enable`)] = flag(rank > 0);
    params[account(ctx, `codec.${name}.priority`)] = String(rank);
  }
  return params;
}

/** What a slot holds by default differs from model to model, so all four parameters of every slot are written. */
function numbered(codecs: readonly AudioCodec[], ctx: MapContext): Params {
  const slots = SLOTS[codecSlots(ctx.model)];
  const wanted: readonly Payload[] = codecs.flatMap((codec) => PAYLOADS[codec]);
  const ranked = wanted.filter((payload) => slots.some((slot) => slot === payload));
  // Administrator guide T4x V71: slots count from 0, and G.726 is written with an underscore.
  const old = !from(ctx, 72);
  const base = old && ctx.model.family === 'T4x' ? 0 : 1;
  return Object.fromEntries(
    slots.flatMap((payload, index) => [
      [account(ctx, `codec.${index + base}.enable`), flag(ranked.includes(payload))],
      [account(ctx, `codec.${index + base}.payload_type`), old ? payload.replace('-', '_') : payload],
      [account(ctx, `codec.${index + base}.priority`), String(ranked.indexOf(payload) + 1)],
      [account(ctx, `codec.${index + base}.rtpmap`), RTP_MAP[payload]],
    ]),
  );
}

function lacks(codec: AudioCodec, ctx: MapContext): boolean {
  if (!from(ctx, 73))
    return !PAYLOADS[codec].some((payload) => SLOTS[codecSlots(ctx.model)].some((s) => s === payload));
  return !NAMES[codec].some((name) => ordinaryName(name) || hasG7221(ctx.model));
}

export function codecs(list: readonly AudioCodec[], ctx: MapContext): Params | Partly {
  const params = {
    ...(from(ctx, 82) ? {} : numbered(list, ctx)),
    ...(from(ctx, 73) ? named(list, ctx) : {}),
  };
  const missing = list.filter((codec) => lacks(codec, ctx));
  return missing.length === 0
    ? params
    : partly(params, `Yealink administrator guide, "Audio Codecs": ${ctx.model.id} has no ${missing.join(', ')}`);
}
