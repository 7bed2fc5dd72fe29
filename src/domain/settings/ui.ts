import { z } from 'zod';
import { webUrl } from './common.ts';
import { setting } from './setting.ts';

export const language = z.enum([
  'en',
  'en-GB',
  'de',
  'fr',
  'es',
  'it',
  'nl',
  'pt',
  'sv',
  'da',
  'nb',
  'fi',
  'pl',
  'cs',
  'hu',
  'tr',
  'ru',
  'sl',
  'ja',
  'ko',
  'zh-CN',
  'zh-TW',
]);
export type Language = z.output<typeof language>;

/** ISO 3166-1 alpha-2: whose dial and busy tones the phone plays. */
export const toneCountry = z.enum([
  'AU',
  'AT',
  'BR',
  'BE',
  'CN',
  'CZ',
  'DK',
  'FI',
  'FR',
  'DE',
  'GB',
  'GR',
  'HU',
  'LT',
  'IN',
  'IT',
  'JP',
  'MX',
  'NZ',
  'NL',
  'PL',
  'NO',
  'PT',
  'ES',
  'CH',
  'SE',
  'RU',
  'US',
  'CL',
]);
export type ToneCountry = z.output<typeof toneCountry>;

/** A tone is a repeated sequence of parts: frequencies in Hz that sound together for some milliseconds; no frequency is a pause. */
export const tone = z
  .array(z.strictObject({ hz: z.array(z.int().min(20).max(4000)).max(4), ms: z.int().min(10).max(60000) }))
  .min(1)
  .max(8);
export type Tone = z.output<typeof tone>;

export const customTones = z.strictObject({
  dial: tone.optional(),
  busy: tone.optional(),
  ringback: tone.optional(),
  congestion: tone.optional(),
  callWaiting: tone.optional(),
});

export const uiSettings = {
  'ui.language': setting({
    scope: 'phone',
    schema: language,
    title: 'Language',
    help: 'Language of the phone’s menus; a phone without it keeps English and a gap says so.',
    example: 'de',
  }),
  'ui.toneCountry': setting({
    scope: 'phone',
    schema: toneCountry,
    title: 'Country tones',
    help: 'Whose dial, busy and ring-back tones the phone plays.',
    example: 'DE',
  }),
  'ui.customTones': setting({
    scope: 'phone',
    schema: customTones,
    title: 'Custom tones',
    help: 'Own tones, each a sequence of frequencies and durations.',
    example: {
      dial: [{ hz: [425], ms: 1000 }],
      busy: [
        { hz: [425], ms: 480 },
        { hz: [], ms: 480 },
      ],
    },
  }),
  'ui.ringtone': setting({
    scope: 'phone',
    schema: z.int().min(0).max(20),
    title: 'Ringtone',
    help: 'The number of the built-in ringtone for all lines; 0 is silent.',
    example: 1,
  }),
  'ui.backlightSeconds': setting({
    scope: 'phone',
    schema: z.int().min(0).max(3600),
    title: 'Backlight',
    help: 'Seconds until the backlight goes off; 0 leaves it on.',
    example: 60,
  }),
  'ui.wallpaperUrl': setting({
    scope: 'phone',
    schema: webUrl,
    title: 'Wallpaper',
    help: 'Picture that the phone downloads for its idle screen.',
    example: 'https://prov.example.com/pictures/acme.png',
  }),
  'ui.screensaverSeconds': setting({
    scope: 'phone',
    schema: z.int().min(0).max(7200),
    title: 'Screen saver',
    help: 'Seconds until the screen saver starts; 0 switches it off.',
    example: 300,
  }),
} as const;
