import type { RequestRoute, VendorDriver } from '../kit/driver.ts';

// Linksys SPA provisioning guide 3.0: /spa$PSN.cfg by default, PAP2T /init.cfg; later what Profile_Rule says, where $MA is the
// MAC in lower case. TFTP names arrive with a leading slash and in any case.
export const requests: readonly RequestRoute[] = [
  { match: /^spa(?<stem>\d{3,4}[a-z]?\d?)\.cfg$/i, kind: 'generic', part: 'settings' },
  { match: /^init\.cfg$/i, kind: 'generic', part: 'settings' },
  // Forms in use: {mac}.xml (ours), spa{mac}.xml, spa{mac}.cfg, and the bare MAC of a rule that ends in /$MA.
  { match: /^(?:spa)?(?<mac>[0-9a-f]{12})(?:\.xml|\.cfg)?$/i, kind: 'config', part: 'settings' },
  // An SPA3xx/5xx that still looks for a call manager (SCCP, SPCP) asks for these first.
  { match: /^(?:XMLDefault|SEP[0-9A-F]{12})\.cnf\.xml$/i, kind: 'absent', part: 'call_manager' },
  { match: /^(?:CTL|ITL)(?:SEP[0-9A-F]{12}|File)\.tlv$/i, kind: 'absent', part: 'call_manager' },
  // Dictionaries of Dictionary_Server_Script, e.g. spa50x_30x_fr_v755.xml, spa525_fr_v755.xml, frS.xml: the maker's files,
  // stored and served like a firmware.
  { match: /^(?:spa\w{2,12}_[\w.-]{1,60}|[a-z]{2}S)\.xml$/i, kind: 'firmware', part: 'dictionary' },
  { match: /^[\w.()-]{1,120}\.bin$/i, kind: 'firmware', part: 'firmware' },
  { match: /^[\w-]{0,40}(?:phonebook|directory)[\w-]{0,40}\.xml$/i, kind: 'phonebook', part: 'directory' },
];

export const files: VendorDriver['files'] = ({ mac }) => [{ name: `${mac ?? ''}.xml`, part: 'settings' }];
