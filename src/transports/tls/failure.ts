/** Classes of failed handshakes, for counting: who has to do something about it. */
export type TlsFailure =
  'protocol' | 'cipher' | 'our_certificate' | 'their_certificate' | 'not_tls' | 'timeout' | 'other';

// Codes of Node and of OpenSSL 3 (ssl/ssl_err.c, RFC 8446 §6.2); the first line that fits counts.
const CLASSES: readonly (readonly [RegExp, TlsFailure])[] = [
  [/HANDSHAKE_TIMEOUT/, 'timeout'],
  // Plain HTTP, or bytes of anything else, at a TLS door.
  [/HTTP_REQUEST|HTTPS_PROXY_REQUEST|WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|BAD_RECORD_TYPE/, 'not_tls'],
  [/UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|PROTOCOL_VERSION|INAPPROPRIATE_FALLBACK/, 'protocol'],
  [/NO_SHARED_CIPHER|NO_SUITABLE_SIGNATURE|NO_SUITABLE_KEY_SHARE|NO_SHARED_GROUP|HANDSHAKE_FAILURE/, 'cipher'],
  // An alert that the phone sent: it does not believe our certificate.
  [/ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE|UNSUPPORTED_CERTIFICATE)/, 'our_certificate'],
  [/CERT|CA_MD_TOO_WEAK|EE_KEY_TOO_SMALL|BAD_SIGNATURE/, 'their_certificate'],
];

/** The class of what a TLS door refused; undefined for the reason of anything else. */
export function tlsFailure(reason: string): TlsFailure | undefined {
  if (!/^connection_(?:ERR_SSL|ERR_TLS|EPROTO)/.test(reason)) return undefined;
  return CLASSES.find(([code]) => code.test(reason))?.[1] ?? 'other';
}
