// RFC 3261 §7.3.3 and §20, RFC 3515, 3841, 3892, 4028, 4474, 6665; the registry of the IANA has no others.
const COMPACT: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  d: 'request-disposition',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  j: 'reject-contact',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  n: 'identity-info',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
  y: 'identity',
};

/** Names whose parts are not simply written with a capital. */
const SPELLED: Readonly<Record<string, string>> = {
  'call-id': 'Call-ID',
  cseq: 'CSeq',
  'www-authenticate': 'WWW-Authenticate',
};

/** The full name in lower case, as messages are kept. */
export function headerName(written: string): string {
  const name = written.toLowerCase();
  return Object.hasOwn(COMPACT, name) ? (COMPACT[name] ?? name) : name;
}

/** As RFC 3261 writes it: some old phones compare with regard to case. */
export const spellHeader = (name: string): string =>
  SPELLED[name] ?? name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
