import type { Language, ToneCountry } from '../../../domain/settings/ui.ts';
import { cannot, partly, type Mapping, type MapContext, type Params, type Partly } from '../../kit/driver.ts';
import { before } from '../../kit/firmware.ts';
import { snomZone } from '../timezone.ts';
import { noSuchRinger, ringer } from './line.ts';
import { forEachLine, ofLine, onOff } from './form.ts';

// Snom wiki, "language": the phone's own names of its languages. Polish and the Asian languages are on no list seen.
const LANGUAGE: Readonly<Record<Language, string | undefined>> = {
  en: 'English',
  'en-GB': 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  it: 'Italiano',
  nl: 'Nederlands',
  pt: 'Português',
  sv: 'Svenska',
  da: 'Dansk',
  nb: 'Norsk',
  fi: 'Suomi',
  pl: undefined,
  cs: 'Čeština',
  hu: 'Magyar',
  tr: 'Türkçe',
  ru: 'Русский',
  sl: undefined,
  ja: undefined,
  ko: undefined,
  'zh-CN': undefined,
  'zh-TW': undefined,
};

// Firmware before 10 writes these without accents, and Dutch in English (seen in public templates).
const LANGUAGE_8: Readonly<Partial<Record<Language, string>>> = { fr: 'Francais', es: 'Espanol', nl: 'Dutch' };

// D8xx have a locale beside the language; unverified beyond de_DE and en_US.
const LOCALE: Readonly<Partial<Record<Language, string>>> = {
  en: 'en_US',
  'en-GB': 'en_GB',
  de: 'de_DE',
  fr: 'fr_FR',
  es: 'es_ES',
  it: 'it_IT',
  nl: 'nl_NL',
};

function language(wanted: Language, ctx: MapContext): Params | Partly {
  const name = (before(ctx.firmware, '10') ? LANGUAGE_8[wanted] : undefined) ?? LANGUAGE[wanted];
  if (name === undefined) return cannot(`${wanted} is not on the phone's list of languages (Snom wiki, "language")`);
  const locale = ctx.model.family === 'D8xx' ? LOCALE[wanted] : undefined;
  return { language: name, web_language: name, ...(locale === undefined ? {} : { locale }) };
}

// Snom wiki, "tone_scheme": AUS AUT CHN DNK FRA GBR GER GRE HUN IND ITA JPN MEX NLD NOR NZL ESP SWE SWI USA.
const TONES: Readonly<Record<ToneCountry, string | undefined>> = {
  AU: 'AUS',
  AT: 'AUT',
  BR: undefined,
  BE: undefined,
  CN: 'CHN',
  CZ: undefined,
  DK: 'DNK',
  FI: undefined,
  FR: 'FRA',
  DE: 'GER',
  GB: 'GBR',
  GR: 'GRE',
  HU: 'HUN',
  LT: undefined,
  IN: 'IND',
  IT: 'ITA',
  JP: 'JPN',
  MX: 'MEX',
  NZ: 'NZL',
  NL: 'NLD',
  PL: undefined,
  NO: 'NOR',
  PT: undefined,
  ES: 'ESP',
  CH: 'SWI',
  SE: 'SWE',
  RU: undefined,
  US: 'USA',
  CL: undefined,
};

function zone(name: string): Params | Partly {
  const found = snomZone(name);
  if (found.kind === 'none') return cannot(found.reason);
  const params = { timezone: found.timezone, dst: found.dst };
  return found.remark === undefined ? params : partly(params, found.remark);
}

// Seen in public templates: the largest whole number is "never".
const NEVER_DIM = '2147483647';

// Source: Snom wiki, the pages of the settings named, and public templates.
export const timeMapping: Mapping = {
  'time.ntp1': (host) => ({ ntp_server: host }),
  'time.ntp2': { notMapped: 'ntp_server holds one time server, and no parameter for a second is known' },
  'time.zone': (name) => zone(name),
  // The phone knows two orders only: 12/31 and 31.12.
  'time.dateFormat': (format) => {
    if (format === 'yyyy-mm-dd') return cannot('the phone writes 31.12. or 12/31 only (Snom wiki, "date_us_format")');
    const params = { date_us_format: onOff(format === 'mm/dd/yyyy') };
    return format === 'dd/mm/yyyy' ? partly(params, 'written with dots: 31.12. (Snom wiki, "date_us_format")') : params;
  },
  'time.hours24': (on) => ({ time_24_format: onOff(on) }),
};

// Source: Snom wiki, the pages of the settings named; dim_timer and custom_bg_image_url as seen in public templates.
export const uiMapping: Mapping = {
  'ui.language': language,
  'ui.toneCountry': (country) => {
    const scheme = TONES[country];
    return scheme === undefined
      ? cannot(`the phone has no tones of ${country} (Snom wiki, "tone_scheme")`)
      : { tone_scheme: scheme };
  },
  // unverified: that there is none.
  'ui.customTones': {
    unsupported: 'Snom wiki, "tone_scheme": tones are chosen by country; no setting takes own ones',
  },
  // For each identity that has no ringtone of its own.
  'ui.ringtone': (number, ctx) => {
    const word = ringer(number);
    if (word === undefined) return noSuchRinger(number);
    return forEachLine(ctx, (line) =>
      ctx.get('line.ringtone', line) === undefined ? { [ofLine('user_ringer', line)]: word } : {},
    );
  },
  'ui.backlightSeconds': (seconds) => ({ dim_timer: seconds === 0 ? NEVER_DIM : String(seconds) }),
  'ui.wallpaperUrl': (url) => ({ custom_bg_image_url: url }),
  // unverified: that 0 switches it off.
  'ui.screensaverSeconds': (seconds) => ({ screen_saver_timeout: String(seconds) }),
};
