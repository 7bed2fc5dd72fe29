import { expect, test } from 'vitest';
import { tlsFailure } from './failure.ts';

test('a failed handshake is put down to who can do something about it', () => {
  const classes = {
    connection_ERR_TLS_HANDSHAKE_TIMEOUT: 'timeout',
    connection_ERR_SSL_HTTP_REQUEST: 'not_tls',
    connection_ERR_SSL_WRONG_VERSION_NUMBER: 'not_tls',
    connection_ERR_SSL_UNSUPPORTED_PROTOCOL: 'protocol',
    connection_ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'protocol',
    connection_ERR_SSL_NO_SHARED_CIPHER: 'cipher',
    connection_ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM: 'cipher',
    connection_ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'our_certificate',
    'connection_ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN': 'our_certificate',
    connection_ERR_SSL_BAD_SIGNATURE: 'their_certificate',
    connection_EPROTO: 'other',
  };
  for (const [reason, found] of Object.entries(classes)) expect(tlsFailure(reason), reason).toBe(found);
  for (const reason of ['http_400', 'connection_EPIPE', 'too_long', '']) expect(tlsFailure(reason)).toBeUndefined();
});
