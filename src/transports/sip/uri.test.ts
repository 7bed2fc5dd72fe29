import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSipUri, uriParameter, writeSipUri } from './uri.ts';

const read = (text: string): unknown => {
  const result = parseSipUri(text);
  return result.ok ? result.value : undefined;
};

test('users with escapes, IPv6 addresses, ports and parameters are read', () => {
  expect(read('SIP:%2A98%23@[2001:DB8::1]:5080;transport=TCP;lr?subject=x')).toEqual({
    scheme: 'sip',
    user: '*98#',
    host: '2001:db8::1',
    port: 5080,
    parameters: ['transport=TCP', 'lr'],
  });
  expect(read('sips:pbx.example.com')).toMatchObject({ scheme: 'sips', user: undefined, port: undefined });
  expect(read('sip:201:secret@pbx.example.com')).toMatchObject({ user: '201' });
});

test('a parameter is found without regard to case', () => {
  const uri = parseSipUri('sip:a@example.com;Transport=tls;lr');
  expect(
    uri.ok && [uriParameter(uri.value, 'transport'), uriParameter(uri.value, 'lr'), uriParameter(uri.value, 'x')],
  ).toEqual(['tls', '', undefined]);
});

test.each([
  '',
  'tel:201',
  'sip:',
  'sip:@example.com',
  'sip:a@',
  'sip:a@exa mple.com',
  'sip:a@example.com:0',
  'sip:a@example.com:70000',
  'sip:%zz@example.com',
  `sip:${'a'.repeat(2000)}@example.com`,
])('what is no SIP URI is refused: %s', (text) => {
  expect(read(text)).toBeUndefined();
});

test('any user that is written is read again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), (user) => {
      fc.pre(!/[:\p{Cs}]/u.test(user));
      const text = writeSipUri({ scheme: 'sip', user, host: '2001:db8::1', port: 5062, parameters: ['lr'] });
      expect(text).toMatch(/^[!-~]+$/);
      expect(read(text)).toMatchObject({ user, host: '2001:db8::1', port: 5062 });
    }),
  );
});
