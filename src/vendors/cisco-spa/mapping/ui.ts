import type { Tone } from '../../../domain/settings/ui.ts';
import { cannot, partly, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { dialectOf, hasDisplay } from '../models.ts';
import { forEachLine } from './form.ts';
import { ringtone } from './line.ts';

// Source: Linksys SPA9x2 and Cisco SPA300/500 administrator guides, "Regional", "Phone", "User"; option lists of dumps.

const noDisplay = (ctx: MapContext): Partly => cannot(`SPA administrator guides: ${ctx.model.id} has no display`);

/** Level of each frequency in dBm, as the phones' own tones have it. */
const LEVEL = '-19';

type ToneName = 'dial' | 'busy' | 'ringback' | 'congestion' | 'callWaiting';
const TONE_TAG = {
  dial: 'Dial_Tone',
  busy: 'Busy_Tone',
  ringback: 'Ring_Back_Tone',
  congestion: 'Reorder_Tone',
  callWaiting: 'Call_Waiting_Tone',
} as const satisfies Record<ToneName, string>;

const inSeconds = (ms: number): string => String(ms / 1000);

/** A pause at the start moves to the end: the tone repeats, so it sounds the same. */
const soundFirst = (tone: Tone): Tone => {
  const first = tone.findIndex(({ hz }) => hz.length > 0);
  return [...tone.slice(first), ...tone.slice(0, Math.max(0, first))];
};

/**
 * `440@-19,480@-19;*(2/4/1+2)`: the frequencies with their levels; then, for ever, on and off in seconds and which of the
 * frequencies sound. Undefined for silence.
 */
export function toneScript(tone: Tone): string | undefined {
  const frequencies = Array.from(new Set(tone.flatMap(({ hz }) => hz)));
  if (frequencies.length === 0) return undefined;
  const segments: { readonly hz: readonly number[]; readonly on: number; readonly off: number }[] = [];
  for (const { hz, ms } of soundFirst(tone)) {
    const last = segments.at(-1);
    if (hz.length > 0) segments.push({ hz, on: ms, off: 0 });
    else if (last !== undefined) segments.splice(-1, 1, { ...last, off: last.off + ms });
  }
  const cadence = segments.map(
    ({ hz, on, off }) =>
      `${inSeconds(on)}/${inSeconds(off)}/${hz.map((one) => frequencies.indexOf(one) + 1).join('+')}`,
  );
  return `${frequencies.map((hz) => `${hz}@${LEVEL}`).join(',')};*(${cadence.join(',')})`;
}

function customTones(tones: Partial<Record<ToneName, Tone | undefined>>): Params | Partly {
  const params: Record<string, string> = {};
  const silent: string[] = [];
  for (const [name, tag] of Object.entries(TONE_TAG)) {
    // `as`: Object.entries gives up the exact type of the keys.
    const tone = tones[name as ToneName];
    if (tone === undefined) continue;
    const script = toneScript(tone);
    if (script === undefined) silent.push(name);
    else params[tag] = script;
  }
  return silent.length === 0
    ? params
    : partly(params, `SPA9x2 administrator guide, "Tone": a tone needs a frequency (${silent.join(', ')})`);
}

/** The ringtone of all lines; a line's own comes after it and wins. */
function ringtoneOfAll(number: number, ctx: MapContext): Params | Partly {
  const sample = ringtone(number, 1, ctx);
  if ('partly' in sample) return sample;
  return forEachLine(ctx, (line) => {
    const own = ringtone(number, line, ctx);
    return 'partly' in own ? {} : own;
  });
}

const BACKLIGHT_SECONDS = [10, 20, 30];

function backlight(seconds: number, ctx: MapContext): Params | Partly {
  if (!hasDisplay(ctx.model)) return noDisplay(ctx);
  const { tags, later } = dialectOf(ctx.model);
  if (!later) return cannot('SPA9x2 administrator guide: no setting for the backlight');
  if (tags === 'spa525')
    return seconds === 0
      ? cannot('no source names a value of Back_Light_Timer__sec_ that leaves the light on')
      : { Back_Light_Enable: 'Yes', Back_Light_Timer__sec_: String(seconds) };
  if (seconds === 0) return { Back_Light_Timer: 'Always On' };
  const nearest = BACKLIGHT_SECONDS.reduce((best, step) =>
    Math.abs(step - seconds) < Math.abs(best - seconds) ? step : best,
  );
  const params = { Back_Light_Timer: `${nearest} s` };
  return nearest === seconds
    ? params
    : partly(params, `SPA504G option list "Back Light Timer": 10, 20 or 30 s; ${nearest} is the nearest to ${seconds}`);
}

// unverified: "Download BMP Picture" of SPA9x2. Two generations of names are in use there, so both are written.
function wallpaper(url: string, ctx: MapContext): Params | Partly {
  if (!hasDisplay(ctx.model)) return noDisplay(ctx);
  return dialectOf(ctx.model).later
    ? { Select_Background_Picture: 'BMP Picture', BMP_Picture_Download_URL: url }
    : {
        Background_Picture_Type: 'Download BMP Picture',
        Select_Background_Picture: 'Download BMP Picture',
        BMP_Picture_Download_URL: url,
      };
}

export const ui: Mapping = {
  // Every other language is a dictionary file of the maker's on some server, named by a script.
  'ui.language': {
    set: (language, ctx) => {
      if (!hasDisplay(ctx.model)) return noDisplay(ctx);
      if (language === 'en') return { Language_Selection: '' };
      return language === 'en-GB'
        ? partly({ Language_Selection: '' }, 'SPA administrator guides, "Language": English is built in, not en-GB')
        : cannot(
            `SPA administrator guides, "Language": ${language} needs the maker’s dictionary file, stored here and named in Dictionary_Server_Script; write that and Language_Selection as raw parameters`,
          );
    },
    clear: (ctx) => (hasDisplay(ctx.model) ? { Language_Selection: '' } : {}),
  },
  'ui.toneCountry': {
    unsupported:
      'SPA administrator guides, "Regional": tones are scripts only, there is no choice of a country; see ui.customTones',
  },
  'ui.customTones': customTones,
  'ui.ringtone': ringtoneOfAll,
  'ui.backlightSeconds': backlight,
  'ui.wallpaperUrl': wallpaper,
  'ui.screensaverSeconds': (seconds, ctx) => {
    if (!hasDisplay(ctx.model)) return noDisplay(ctx);
    return seconds === 0
      ? { Screen_Saver_Enable: 'No' }
      : { Screen_Saver_Enable: 'Yes', Screen_Saver_Wait: String(seconds) };
  },
};
