import type { RequestRoute, VendorDriver } from '../kit/driver.ts';

// Yealink auto-provisioning guides T2x/T4x/T5x, "Boot files, configuration files": the phone asks in lower case; technicians
// and TFTP servers write capitals.
export const requests: readonly RequestRoute[] = [
  // A boot file would replace the model and phone file by a list of its own; without one the phone goes on to them.
  { match: /^(?<mac>[0-9a-f]{12})\.boot$/i, kind: 'absent', part: 'boot' },
  { match: /^y\d{12}\.boot$/i, kind: 'absent', part: 'boot' },
  { match: /^(?<stem>y\d{12})\.cfg$/i, kind: 'generic', part: 'settings' },
  { match: /^(?<mac>[0-9a-f]{12})\.cfg$/i, kind: 'config', part: 'settings' },
  // What a user changed at the phone; asked for and sent only with custom.sync = 1, which we never set.
  { match: /^(?<mac>[0-9a-f]{12})-local\.cfg$/i, kind: 'upload', part: 'overrides' },
  { match: /^(?<mac>[0-9a-f]{12})-contact\.xml$/i, kind: 'upload', part: 'contacts' },
  // unverified: names of the call log and log files that a phone sends when their backup is switched on.
  { match: /^(?<mac>[0-9a-f]{12})-calllog\.xml$/i, kind: 'upload', part: 'call_log' },
  { match: /^(?<mac>[0-9a-f]{12})[\w.-]{0,60}\.log$/i, kind: 'upload', part: 'log' },
  // Keys of encrypted files, and encrypted files (aes_key_in_file, RSA mode of V84 and later): we send neither.
  { match: /^(?:y\d{12}|(?<mac>[0-9a-f]{12}))(?:_Security)?\.enc$/i, kind: 'absent', part: 'encrypted' },
  // `T48-35.83.0.50.rom`, `T31(T30,T30P,T31G)-124.86.0.75.rom`.
  { match: /^[\w.,()-]{1,120}\.rom$/i, kind: 'firmware', part: 'firmware' },
  { match: /^[\w-]{0,40}(?:phonebook|directory)[\w-]{0,40}\.xml$/i, kind: 'phonebook', part: 'directory' },
];

export const files: VendorDriver['files'] = ({ mac }) => [{ name: `${mac ?? ''}.cfg`, part: 'settings' }];
