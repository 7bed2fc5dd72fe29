import type { Language, Tone, ToneCountry } from '../../../domain/settings/ui.ts';
import { cannot, partly, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { from } from '../generation.ts';
import { showsPictures } from '../models.ts';
import { ringFile } from '../rings.ts';

// Source: Yealink administrator guides V70 to V87, "Language", "Tones", "Ring Tones", "Backlight", "Wallpaper", "Screensaver".

/** `lang.gui`; undefined where the guides name no language of the phone's own (it would have to be uploaded). */
const LANGUAGE = {
  en: 'English',
  'en-GB': 'English',
  de: 'German',
  fr: 'French',
  es: 'Spanish',
  it: 'Italian',
  nl: 'Dutch',
  pt: 'Portuguese',
  sv: undefined,
  da: 'Danish',
  nb: undefined,
  fi: undefined,
  pl: 'Polish',
  cs: undefined,
  hu: undefined,
  tr: 'Turkish',
  ru: 'Russian',
  sl: undefined,
  ja: undefined,
  ko: undefined,
  'zh-CN': 'Chinese_S',
  'zh-TW': 'Chinese_T',
} as const satisfies Record<Language, string | undefined>;

/** `voice.tone.country`. The guides have a second Czech set, "Czech ETSI", and none of Poland. */
const TONE_COUNTRY = {
  AU: 'Australia',
  AT: 'Austria',
  BR: 'Brazil',
  BE: 'Belgium',
  CN: 'China',
  CZ: 'Czech',
  DK: 'Denmark',
  FI: 'Finland',
  FR: 'France',
  DE: 'Germany',
  GB: 'Great Britain',
  GR: 'Greece',
  HU: 'Hungary',
  LT: 'Lithuania',
  IN: 'India',
  IT: 'Italy',
  JP: 'Japan',
  MX: 'Mexico',
  NZ: 'New Zealand',
  NL: 'Netherlands',
  PL: undefined,
  NO: 'Norway',
  PT: 'Portugal',
  ES: 'Spain',
  CH: 'Switzerland',
  SE: 'Sweden',
  RU: 'Russia',
  // One public template writes USA; the others and the guides write this.
  US: 'United States',
  CL: 'Chile',
} as const satisfies Record<ToneCountry, string | undefined>;

function language(wanted: Language, ctx: MapContext): Params | Partly {
  const gui = LANGUAGE[wanted];
  if (gui === undefined) return cannot(`Yealink administrator guide, "Language": no ${wanted} without an upload`);
  // The web pages of V73 and before call this one language by its own name.
  const wui = gui === 'German' && !from(ctx, 80) ? 'Deutsch' : gui;
  const params = { 'lang.gui': gui, 'lang.wui': wui };
  return wanted === 'en-GB'
    ? partly(params, 'Yealink administrator guide, "Language": one English only, no en-GB')
    : params;
}

const LOWEST_HZ = 200;

/** `425/480,0/480`: frequencies joined by `+`, a slash, the duration; frequency 0 is a pause. */
const toneText = (tone: Tone): string =>
  tone.map(({ hz, ms }) => `${hz.length === 0 ? '0' : hz.join('+')}/${ms}`).join(',');

const TONE_NAME = {
  dial: 'dial',
  busy: 'busy',
  ringback: 'ring',
  congestion: 'congestion',
  callWaiting: 'callwaiting',
} as const;

function customTones(tones: Partial<Record<keyof typeof TONE_NAME, Tone | undefined>>): Params | Partly {
  const wanted = Object.entries(tones).filter(
    (entry): entry is [keyof typeof TONE_NAME, Tone] => entry[1] !== undefined,
  );
  const tooLow = wanted.filter(([, tone]) => tone.some(({ hz }) => hz.some((one) => one < LOWEST_HZ)));
  const params = {
    'voice.tone.country': 'Custom',
    ...Object.fromEntries(
      wanted
        .filter((entry) => !tooLow.includes(entry))
        .map(([name, tone]) => [`voice.tone.${TONE_NAME[name]}`, toneText(tone)]),
    ),
  };
  return tooLow.length === 0
    ? params
    : partly(
        params,
        `Yealink administrator guide, "Tones": nothing below ${LOWEST_HZ} Hz (${tooLow.map(([name]) => name).join(', ')})`,
      );
}

// 0 is always on, 1 always off. 300 and more are of newer firmware.
// unverified: that V80 is where they begin.
const BACKLIGHT_SECONDS = [15, 30, 60, 120, 300, 600, 1800];
const BACKLIGHT_SECONDS_V73 = [15, 30, 60, 120];

function backlight(seconds: number, ctx: MapContext): Params | Partly {
  const write = (time: number): Params => ({ 'phone_setting.backlight_time': String(time) });
  const steps = from(ctx, 80) ? BACKLIGHT_SECONDS : BACKLIGHT_SECONDS_V73;
  if (seconds === 0 || steps.includes(seconds)) return write(seconds);
  const nearest = steps.reduce((best, step) => (Math.abs(step - seconds) < Math.abs(best - seconds) ? step : best));
  return partly(
    write(nearest),
    `Yealink administrator guide, "Backlight": ${steps.join(', ')} seconds only; ${nearest} is the nearest to ${seconds}`,
  );
}

/** As it is written: a URL parser would spell some characters anew. */
const fileName = (url: string): string => /^[a-z]+:\/\/[^/?#]*\/(?:[^?#]*\/)?([^/?#]*)/i.exec(url)?.[1] ?? '';

// The picture is named again without its path to become the one that is shown.
// unverified: `Config:` before the name on newer firmware.
function wallpaper(url: string, ctx: MapContext): Params | Partly {
  const name = fileName(url);
  if (showsPictures(ctx.model)) return { 'wallpaper_upload.url': url, 'phone_setting.backgrounds': name };
  return /\.dob$/i.test(name)
    ? { 'lcd_logo.url': url, 'phone_setting.lcd_logo.mode': '2' }
    : cannot(`Yealink administrator guide, "Logo": ${ctx.model.id} shows no pictures, only logos in .dob files`);
}

export const ui: Mapping = {
  'ui.language': language,
  'ui.toneCountry': (country, ctx) => {
    if (ctx.get('ui.customTones') !== undefined)
      return cannot('own tones are set (ui.customTones), and the phone plays either those or a country’s');
    const name = TONE_COUNTRY[country];
    return name === undefined
      ? cannot(`Yealink administrator guide, "Tones": no tones of ${country}`)
      : { 'voice.tone.country': name };
  },
  'ui.customTones': {
    set: customTones,
    clear: () => ({
      'voice.tone.country': '',
      ...Object.fromEntries(Object.values(TONE_NAME).map((name) => [`voice.tone.${name}`, ''])),
    }),
  },
  'ui.ringtone': (number) => {
    const file = ringFile(number);
    return file.ok ? { 'phone_setting.ring_type': file.value } : cannot(file.error);
  },
  'ui.backlightSeconds': backlight,
  'ui.wallpaperUrl': wallpaper,
  // type 0 is the phone's own. unverified: which times wait_time takes.
  'ui.screensaverSeconds': (seconds) =>
    seconds === 0
      ? cannot('no source names a value of screensaver.wait_time that switches the screen saver off')
      : { 'screensaver.type': '0', 'screensaver.wait_time': String(seconds) },
};
