import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostileText } from '../../../test/kit/hostile-text.ts';
import { ok } from '../result.ts';
import { encodeAddresses, encodeSubOptions, encodeText, hexOf, isIpv4 } from './encode.ts';

test('sub-options inside 43 are the octets of the Snom wiki’s example', () => {
  const encoded = encodeSubOptions(
    'option 43 of snom',
    [
      { code: 66, text: 'http://test' },
      { code: 67, text: 'snom/settings.php' },
    ],
    { endsWithNul: true },
  );
  expect(encoded.ok && hexOf(encoded.value)).toBe(
    '420c687474703a2f2f746573740043' + '12736e6f6d2f73657474696e67732e70687000',
  );
});

test('a text is its ASCII and nothing after it', () => {
  expect(encodeText('option 66', 'tftp')).toEqual(ok([0x74, 0x66, 0x74, 0x70]));
});

test('addresses are four octets each, in order', () => {
  expect(encodeAddresses('option 150', ['192.0.2.10', '192.0.2.255'])).toEqual(ok([192, 0, 2, 10, 192, 0, 2, 255]));
});

test('what is longer than 255 octets is refused with option and value', () => {
  expect(encodeText('option 66', 'a'.repeat(255)).ok).toBe(true);
  const value = 'a'.repeat(256);
  expect(encodeText('option 66', value)).toEqual({
    ok: false,
    error: { kind: 'too_long', thing: 'option 66', value, octets: 256 },
  });
  const many = Array.from({ length: 64 }, () => '192.0.2.1');
  expect(encodeAddresses('option 150', many)).toMatchObject({ error: { kind: 'too_long', octets: 256 } });
});

test('sub-options that fit alone, but not together, are refused with all their texts', () => {
  const half = 'a'.repeat(130);
  const texts = [
    { code: 66, text: half },
    { code: 67, text: half },
  ];
  expect(encodeSubOptions('option 43', texts, { endsWithNul: false })).toEqual({
    ok: false,
    error: { kind: 'too_long', thing: 'option 43', value: `${half} ${half}`, octets: 264 },
  });
});

test('the NUL at its end counts for the length of a sub-option', () => {
  const text = 'a'.repeat(255);
  expect(encodeSubOptions('option 43', [{ code: 66, text }], { endsWithNul: true })).toMatchObject({
    error: { kind: 'too_long', thing: 'sub-option 66 of option 43', octets: 256 },
  });
});

test.each(['', ' ', 'a b', 'a"b', "a'b", 'a\\b', 'a,b', 'a;b', 'a\nb', 'ä', 'a\u0000', 'a`b', 'a#b'])(
  'the text %j is refused by name',
  (text) => {
    expect(encodeText('option 66', text)).toEqual({
      ok: false,
      error: { kind: 'not_plain', thing: 'option 66', value: text },
    });
  },
);

test.each(['', '192.0.2', '192.0.2.256', '192.0.2.1.', '192.0.2.01', '2001:db8::1', 'prov.example.com', '192.0.2.1 '])(
  '%j is no IPv4 address',
  (text) => {
    expect(isIpv4(text)).toBe(false);
    expect(encodeAddresses('option 150', [text])).toEqual({
      ok: false,
      error: { kind: 'not_ipv4', thing: 'option 150', value: text },
    });
  },
);

test('whatever is encoded is read back as it was', () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, fc.webUrl()), (text) => {
      const encoded = encodeText('option 66', text);
      if (encoded.ok) expect(String.fromCharCode(...encoded.value)).toBe(text);
      const inside = encodeSubOptions('option 43', [{ code: 1, text }], { endsWithNul: false });
      if (inside.ok) {
        const [code, length, ...value] = inside.value;
        expect([code, length, String.fromCharCode(...value)]).toEqual([1, text.length, text]);
      }
    }),
  );
});
