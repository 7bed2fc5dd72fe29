import type { Language, Tone } from '../../../domain/settings/ui.ts';
import { cannot, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { isUcs, ucsSince } from '../dialect.ts';
import { traitsOf } from '../models.ts';
import { withReasons } from '../params.ts';
import { ringType } from './line.ts';

// Values of lcl.ml.lang: names of the dictionary folders, public templates of all generations. undefined: no dictionary.
const LANGUAGE = {
  en: 'English_United_States',
  'en-GB': 'English_United_Kingdom',
  de: 'German_Germany',
  fr: 'French_France',
  es: 'Spanish_Spain',
  it: 'Italian_Italy',
  nl: 'Dutch_Netherlands',
  pt: 'Portuguese_Portugal',
  sv: 'Swedish_Sweden',
  da: 'Danish_Denmark',
  nb: 'Norwegian_Norway',
  fi: undefined,
  pl: 'Polish_Poland',
  cs: undefined,
  hu: undefined,
  tr: undefined,
  ru: 'Russian_Russia',
  sl: 'Slovenian_Slovenia',
  ja: 'Japanese_Japan',
  ko: 'Korean_Korea',
  'zh-CN': 'Chinese_China',
  'zh-TW': 'Chinese_Taiwan',
} as const satisfies Record<Language, string | undefined>;

function language(value: Language, ctx: MapContext): Params | Partly {
  const name = value === 'zh-TW' && !isUcs(ctx) ? undefined : LANGUAGE[value];
  return name === undefined ? cannot(`lcl.ml.lang has no dictionary for ${value}`) : { 'lcl.ml.lang': name };
}

// Names of chords as public configurations write them.
const CHORD = {
  dial: 'dialTone',
  busy: 'busyTone',
  ringback: 'ringback',
  callWaiting: 'callWaiting',
  congestion: undefined,
} as const;

/** A chord has frequencies, a time on and a time off: one sound and at most one pause after it. */
function chord(name: string, tone: Tone): Params | undefined {
  const [sound, pause] = tone;
  if (sound === undefined || sound.hz.length === 0 || tone.length > 2 || (pause !== undefined && pause.hz.length > 0))
    return undefined;
  const prefix = `tone.chord.callProg.${name}`;
  // Two frequencies are shipped; one that is not wanted is 0.
  const frequencies = Array.from({ length: Math.max(2, sound.hz.length) }, (_, index) => sound.hz[index] ?? 0);
  // unverified: that a chord without a pause sounds on; times are left out then.
  const cadence =
    pause === undefined ? {} : { [`${prefix}.onDur`]: String(sound.ms), [`${prefix}.offDur`]: String(pause.ms) };
  return {
    ...Object.fromEntries(frequencies.map((hz, index) => [`${prefix}.freq.${index + 1}`, String(hz)] as const)),
    ...cadence,
  };
}

function customTones(tones: { readonly [Name in keyof typeof CHORD]?: Tone | undefined }): Params | Partly {
  const written = Object.entries(CHORD).map(([name, called]) => {
    // `as`: Object.entries gives up the names of the table it lists.
    const tone = tones[name as keyof typeof CHORD];
    return {
      name,
      wanted: tone !== undefined,
      params: tone === undefined || called === undefined ? undefined : chord(called, tone),
    };
  });
  const missing = written.filter((tone) => tone.wanted && tone.params === undefined).map((tone) => tone.name);
  return withReasons(Object.assign({}, ...written.map((tone) => tone.params ?? {})) as Params, [
    missing.length === 0
      ? undefined
      : `tone.chord.callProg.* holds one sound and one pause; not written: ${missing.join(', ')}`,
  ]);
}

/** unverified: backlight and screen saver take these units; neither timeout is in a guide we have read. */
const minutes = (seconds: number): string => String(Math.ceil(seconds / 60));

function wallpaper(url: string, ctx: MapContext): Params | Partly {
  if (!traitsOf(ctx.model).wallpaper || !isUcs(ctx))
    return cannot('guides and templates show pictures (bg.color.*) on VVX and Edge E only');
  return {
    'bg.background.enabled': '1',
    'bg.color.bm.1.name': url,
    // Sources disagree: the 4.1.6 guide has 3,1 for the first picture, templates for UCS 5 and later 2,1. unverified on hardware.
    'bg.color.selection': ucsSince(ctx, '5.0') ? '2,1' : '3,1',
  };
}

function screensaver(seconds: number, ctx: MapContext): Params | Partly {
  if (!isUcs(ctx)) return cannot('up.screenSaver.* is known from UCS only');
  return seconds === 0
    ? { 'up.screenSaver.enabled': '0' }
    : withReasons({ 'up.screenSaver.enabled': '1', 'up.screenSaver.waitTime': minutes(seconds) }, [
        seconds % 60 === 0 ? undefined : 'up.screenSaver.waitTime counts minutes',
      ]);
}

// Source: shipped files of SIP 3.x, public templates and configuration exports of UCS.
export const ui: Mapping = {
  'ui.language': language,
  'ui.toneCountry': {
    notMapped: 'the phones have no list of countries, and no source has the tones of each as tone.chord.callProg.*',
  },
  'ui.customTones': customTones,
  // Lines with a ringtone of their own are written later and replace it.
  'ui.ringtone': (ring, ctx) => ringType(ring, ctx, ctx.lines),
  // unverified: up.backlight.timeout in seconds; public configurations write 5 to 60.
  'ui.backlightSeconds': (seconds, ctx) => {
    if (!isUcs(ctx)) return cannot('up.backlight.* is known from UCS only');
    return seconds === 0
      ? cannot('up.backlight.timeout has no value for "always on"')
      : { 'up.backlight.timeout': String(seconds) };
  },
  'ui.wallpaperUrl': wallpaper,
  'ui.screensaverSeconds': screensaver,
};
