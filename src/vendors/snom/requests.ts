import type { RequestRoute } from '../kit/driver.ts';

/** File names as the phones ask for them: `snom` in lower case, MAC in upper case. Snom wiki, "Auto Provisioning". */
export const requests: readonly RequestRoute[] = [
  { match: /^(?<stem>snom[a-z0-9]{2,8})-(?<mac>[0-9a-f]{12})\.htm$/i, kind: 'config', part: 'settings' },
  // Other makers' phones ask for such a name too: it is ours only with a MAC of Snom or RTX.
  { match: /^(?<mac>(?:000413|00087b)[0-9a-f]{6})\.xml$/i, kind: 'config', part: 'settings' },
  { match: /^(?<stem>snom[a-z0-9]{2,8})\.htm$/i, kind: 'generic', part: 'settings' },
  { match: /^snom[\w.-]{1,80}\.bin$/i, kind: 'firmware', part: 'firmware' },
  // Only asked for where a <setting-files> list of another server named them; ours names none.
  { match: /^(?:snom-general|snom[a-z0-9]{2,8}|gui_lang|web_lang)\.xml$/i, kind: 'absent', part: 'settings' },
  { match: /^snom[a-z0-9]{2,8}-firmware\.(?:xml|htm)$/i, kind: 'absent', part: 'firmware' },
];
