import type { AudioCodec } from '../../../domain/settings/line.ts';
import type { Model } from '../../../domain/model.ts';
import { cannot, partly, type MapContext, type Params, type Partly } from '../../kit/driver.ts';
import { dialectOf } from '../models.ts';
import { ofLine, yesNo } from './form.ts';

// Source: option lists of the "Audio Configuration" section in full parameter dumps of SPA942, SPA504G and a Linksys ATA.

interface Named {
  /** Value of Preferred_Codec. */
  readonly name: string;
  /** The tag that switches it off, before `_Enable_n_`; G.711 has none. */
  readonly tag?: string;
}

const COMMON: Partial<Record<AudioCodec, Named>> = {
  pcmu: { name: 'G711u' },
  pcma: { name: 'G711a' },
  g726_16: { name: 'G726-16', tag: 'G726-16' },
  g726_24: { name: 'G726-24', tag: 'G726-24' },
  g726_32: { name: 'G726-32', tag: 'G726-32' },
  g726_40: { name: 'G726-40', tag: 'G726-40' },
  g729: { name: 'G729a', tag: 'G729a' },
};
const WITH_G723: Partial<Record<AudioCodec, Named>> = { ...COMMON, g723: { name: 'G723', tag: 'G723' } };
const WITH_G722: Partial<Record<AudioCodec, Named>> = { ...COMMON, g722: { name: 'G722', tag: 'G722' } };

const codecsOf = (model: Model): Partial<Record<AudioCodec, Named>> => (dialectOf(model).later ? WITH_G722 : WITH_G723);

const PREFERENCES = ['Preferred_Codec', 'Second_Preferred_Codec', 'Third_Preferred_Codec'] as const;

/** What of the list the phone cannot do, in words. */
function shortcomings(wanted: readonly AudioCodec[], known: Partial<Record<AudioCodec, Named>>): readonly string[] {
  const missing = wanted.filter((codec) => known[codec] === undefined);
  const served = wanted.filter((codec) => known[codec] !== undefined);
  const beyond = served.slice(PREFERENCES.length);
  const fixed = served.length === 1 ? [] : (['pcmu', 'pcma'] as const).filter((codec) => !wanted.includes(codec));
  return [
    ...(missing.length === 0 ? [] : [`it has no ${missing.join(', ')}`]),
    ...(beyond.length === 0 ? [] : [`only three have an order: ${beyond.join(', ')} come after them`]),
    ...(fixed.length === 0 ? [] : [`${fixed.join(' and ')} cannot be switched off`]),
  ];
}

/**
 * Three preferences in order; whatever else is listed stays on after them, and what is not listed is switched off. Use_Pref_Codec_Only
 * would leave the first one alone, so it is Yes for a list of one.
 */
export function codecs(wanted: readonly AudioCodec[], ctx: MapContext): Params | Partly {
  const known = codecsOf(ctx.model);
  const served = wanted.flatMap((codec) => known[codec] ?? []);
  const lost = shortcomings(wanted, known);
  if (served.length === 0) return cannot(`SPA option list "Preferred Codec": ${lost.join('; ')}`);
  const order = PREFERENCES.map((tag, index) => [ofLine(tag, ctx.line), served[index]?.name ?? 'Unspecified']);
  const switches = Object.values(known).flatMap(({ name, tag }) =>
    tag === undefined
      ? []
      : [[ofLine(`${tag}_Enable`, ctx.line), yesNo(served.some((codec) => codec.name === name))] as const],
  );
  const params = Object.fromEntries([
    ...order,
    [ofLine('Use_Pref_Codec_Only', ctx.line), yesNo(served.length === 1)],
    ...switches,
  ]) as Params;
  return lost.length === 0 ? params : partly(params, `SPA option list "Preferred Codec": ${lost.join('; ')}`);
}
