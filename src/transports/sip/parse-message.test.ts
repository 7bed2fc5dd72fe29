import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { headerOf, headersOf, NO_BODY, type SipMessage } from './message.ts';
import { listOf, parseCseq, parseNameAddress, parseVia } from './header-values.ts';
import { parseMessage } from './parse-message.ts';
import { writeMessage } from './write-message.ts';

const bytes = (...lines: readonly string[]): Uint8Array => Buffer.from(lines.join('\r\n'));

const parsed = (...lines: readonly string[]): SipMessage => {
  const result = parseMessage(bytes(...lines));
  if (!result.ok) throw new Error(result.error.reason);
  return result.value;
};

const reasonOf = (message: Uint8Array): string => {
  const result = parseMessage(message);
  return result.ok ? 'read' : result.error.reason;
};

test('compact names, folded lines and lists are read as what they stand for', () => {
  const message = parsed(
    'NOTIFY sip:201@192.0.2.10 SIP/2.0',
    'v: SIP/2.0/UDP a.example.com;branch=z9hG4bK1, SIP/2.0/TCP b.example.com:5080;branch=z9hG4bK2',
    'V : SIP/2.0/UDP c.example.com;branch=z9hG4bK3',
    'f: "Smith, \\"A\\" <x>" <sip:a@example.com;lr>;tag=1',
    't: sip:b@example.com;tag=2',
    'i: 1@example.com',
    'CSeq:',
    '  7',
    '\tNOTIFY',
    'o: check-sync;reboot=false',
    'l: 2',
    '',
    'hi and more that is not looked at',
  );
  expect(listOf(message, 'via').map((via) => parseVia(via)?.sentBy)).toEqual([
    'a.example.com',
    'b.example.com:5080',
    'c.example.com',
  ]);
  expect(parseNameAddress(headerOf(message, 'from') ?? '')).toEqual({
    displayName: 'Smith, "A" <x>',
    uri: 'sip:a@example.com;lr',
    parameters: new Map([['tag', '1']]),
  });
  expect(parseNameAddress(headerOf(message, 'to') ?? '')).toMatchObject({ uri: 'sip:b@example.com' });
  expect(parseCseq(message)).toEqual({ number: 7, method: 'NOTIFY' });
  expect(headerOf(message, 'event')).toBe('check-sync;reboot=false');
  expect(Buffer.from(message.body).toString()).toBe('hi');
});

test('line ends of LF alone and empty lines before the message are put up with', () => {
  expect(reasonOf(Buffer.from('\r\n\r\nOPTIONS sip:a SIP/2.0\nVia: x\n\n'))).toBe('read');
});

test('what is no SIP message is refused with the reason', () => {
  const end = ['', ''];
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['no_end_of_headers', bytes('OPTIONS sip:a SIP/2.0', 'Via: x', '')],
    ['start_line', bytes('OPTIONS sip:a HTTP/1.1', 'Via: x', ...end)],
    ['start_line', bytes('OPTIONS  sip:a SIP/2.0', 'Via: x', ...end)],
    ['start_line', bytes('SIP/2.0 999 Odd', 'Via: x', ...end)],
    ['header', bytes('OPTIONS sip:a SIP/2.0', 'no colon here', ...end)],
    ['header', bytes('OPTIONS sip:a SIP/2.0', ' folded at the top', ...end)],
    ['header', bytes('OPTIONS sip:a SIP/2.0', `X: ${'x'.repeat(9_000)}`, ...end)],
    ['content_length', bytes('OPTIONS sip:a SIP/2.0', 'Content-Length: -1', ...end)],
    ['content_length', bytes('OPTIONS sip:a SIP/2.0', 'Content-Length: 0', 'l: 4', ...end)],
    ['body_too_short', bytes('OPTIONS sip:a SIP/2.0', 'Content-Length: 4', '', 'abc')],
    ['too_many_headers', bytes('OPTIONS sip:a SIP/2.0', ...Array.from({ length: 10_000 }, () => 'a:'), ...end)],
    ['too_long', new Uint8Array(70_000)],
  ];
  expect(cases.map(([, message]) => reasonOf(message))).toEqual(cases.map(([reason]) => reason));
});

test('64 kB of blanks or of line breaks, in any place, are read or refused in time that grows with their length alone', () => {
  const blanks = ' '.repeat(60_000);
  const hostile = [
    bytes(blanks),
    bytes(`OPTIONS${blanks}sip:a SIP/2.0`, '', ''),
    bytes('OPTIONS sip:a SIP/2.0', `Via:${blanks}x`, '', ''),
    bytes('OPTIONS sip:a SIP/2.0', `Via${blanks}: x`, '', ''),
    bytes('OPTIONS sip:a SIP/2.0', ...Array.from({ length: 20_000 }, () => ' '), '', ''),
    bytes('OPTIONS sip:a SIP/2.0', `Content-Length:${blanks}0`, '', ''),
  ];
  for (const message of hostile) expect(reasonOf(message)).not.toBe('');
  // Quadratic work on 60 kB would be 3.6e9 steps each: this many rounds would not end in time.
  for (let round = 0; round < 200; round++) for (const message of hostile) parseMessage(message);
});

test('a header with a line break is never written', () => {
  const headers = [{ name: 'subject', value: 'a\r\nContact: <sip:evil@example.com>' }];
  const request = { kind: 'request', method: 'OPTIONS', uri: 'sip:a', headers, body: NO_BODY } as const;
  expect(() => writeMessage(request)).toThrow('line break');
  expect(() => writeMessage({ ...request, headers: [], uri: 'sip:a SIP/2.0\r\nX: y' })).toThrow('line break');
});

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/);
const value = fc.stringMatching(/^[!-~]([ -~]{0,40}[!-~])?$/);

test('what is written is read again', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ name: token, value }), { maxLength: 10 }),
      fc.uint8Array({ maxLength: 50 }),
      (fields, body) => {
        const known = fields.filter(({ name }) => !/^(?:content-length|l)$/i.test(name) && name.length > 1);
        const headers = known.map((field) => ({ ...field, name: field.name.toLowerCase() }));
        const written = writeMessage({ kind: 'request', method: 'NOTIFY', uri: 'sip:a@example.com', headers, body });
        const read = parseMessage(written);
        expect(read.ok).toBe(true);
        if (!read.ok) return;
        expect(read.value.headers.filter(({ name }) => name !== 'content-length')).toEqual(headers);
        expect(headersOf(read.value, 'content-length')).toEqual([String(body.length)]);
        expect(Buffer.from(read.value.body)).toEqual(Buffer.from(body));
      },
    ),
  );
});

test('any bytes are read or refused, and nothing is thrown', () => {
  const piece = fc.constantFrom(
    'SIP/2.0',
    'NOTIFY',
    ' ',
    '\r\n',
    '\n',
    ':',
    'l',
    '1',
    ';',
    ',',
    '"',
    '<',
    '>',
    '\\',
    '\0',
    'ÿ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const result = parseMessage(Buffer.from(pieces.join(''), 'latin1'));
      if (!result.ok) return;
      for (const name of ['via', 'from', 'contact']) listOf(result.value, name).map(parseNameAddress);
      parseCseq(result.value);
    }),
  );
});
