import type { Mac } from '../../domain/mac.ts';
import type { PhoneFile, RequestRoute } from '../kit/driver.ts';
import { SETTINGS_SUFFIX } from './codec.ts';

const MAC = '(?!0{12})(?<mac>[0-9a-f]{12})';

// Directories of the master are prefixes; a phone may put a slash of its own between prefix and name.
const FOLDER = '(?:[a-z]{1,32}/+)?';

const named = (pattern: string): RegExp => new RegExp(`^${FOLDER}${pattern}$`, 'i');

/**
 * Source: UCS guides, "Provisioning files", and public servers for these phones. Order of the boot: {mac}.cfg, else
 * 000000000000.cfg; firmware; the files the master names; overrides, licence, directory; then the phone stores its logs.
 */
export const requests: readonly RequestRoute[] = [
  { match: /^0{12}\.cfg$/i, kind: 'generic', part: 'master' },
  { match: new RegExp(`^${MAC}\\.cfg$`, 'i'), kind: 'config', part: 'master' },
  { match: new RegExp(`^${MAC}${SETTINGS_SUFFIX.replace('.', '\\.')}$`, 'i'), kind: 'config', part: 'settings' },
  // A firmware that does not know the macro asks for it as it stands.
  { match: /^(?:0{12}|\[PHONE_MAC_ADDRESS\])-offhook\.cfg$/i, kind: 'generic', part: 'settings' },
  { match: named(`${MAC}-directory\\.xml`), kind: 'config', part: 'directory' },
  { match: named('0{12}-directory\\.xml'), kind: 'absent', part: 'directory' },
  // Overrides made at the phone or its web pages, logs, call lists: the phone stores them, and asks for the overrides again.
  { match: named(`${MAC}-(?:phone|web)\\.cfg`), kind: 'upload', part: 'overrides' },
  { match: named(`${MAC}-(?:boot|app)[\\w.-]{0,20}\\.log`), kind: 'upload', part: 'log' },
  { match: named(`${MAC}-calls\\.xml`), kind: 'upload', part: 'calls' },
  { match: named('(?:0{12}|[0-9a-f]{12})-license\\.cfg'), kind: 'absent', part: 'licence' },
  { match: named('0{12}-(?:phone|web)\\.cfg'), kind: 'absent', part: 'overrides' },
  // The files of a shipped flat set-up, which our masters never name.
  { match: /^(?:sip|phone1|common)\.cfg$/i, kind: 'absent', part: 'settings' },
  // The OBi edition of VVX and D230 asks for another format, which we do not write.
  { match: new RegExp(`^${MAC}\\.xml$`, 'i'), kind: 'absent', part: 'obi' },
  // The combined image, or the part for one hardware: 3111-48450-001.sip.ld.
  { match: named('(?:\\d{4}-\\d{5}-\\d{3}\\.)?(?:sip|bootrom|updater)\\.ld'), kind: 'firmware', part: 'firmware' },
  { match: named('bootblock\\.ld'), kind: 'firmware', part: 'firmware' },
  // Dictionaries come with the maker's firmware package. unverified: the folder's name on VVX.
  {
    match: /^(?:SoundPointIP|VVX)Localization\/[\w-]{1,64}\/[\w-]{1,64}\.xml$/i,
    kind: 'firmware',
    part: 'dictionary',
  },
];

/** The settings file is the one the master names; the directory carries the speed dials. */
export function files({ mac }: { readonly mac: Mac | undefined }): readonly PhoneFile[] {
  const stem = mac ?? '';
  return [
    { name: `${stem}${SETTINGS_SUFFIX}`, part: 'settings' },
    { name: `${stem}.cfg`, part: 'master' },
    { name: `${stem}-directory.xml`, part: 'directory' },
  ];
}
