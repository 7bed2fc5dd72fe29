import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agree, MAX_BLKSIZE, MAX_WINDOWSIZE } from './options.ts';
import { fromNetascii, toNetascii } from './netascii.ts';
import {
  ackPacket,
  dataPacket,
  errorPacket,
  oackPacket,
  parsePacket,
  requestPacket,
  TFTP_ERROR,
  type TftpRequest,
} from './packets.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

const reasonFor = (packet: Buffer): string => {
  const parsed = parsePacket(packet);
  return parsed.ok ? parsed.value.kind : parsed.error.reason;
};

describe('packets', () => {
  it('no datagram makes the parser throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        parsePacket(Buffer.from(bytes));
      }),
    );
  });

  it('no request with a real opcode makes the parser throw, and an accepted one has a name', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 520 }), (opcode, bytes) => {
        const parsed = parsePacket(Buffer.concat([Buffer.from([0, opcode]), bytes]));
        if (parsed.ok && parsed.value.kind === 'rrq') expect(parsed.value.file).not.toBe('');
      }),
    );
  });

  it('what a client writes is what the server reads', () => {
    const word = fc.stringMatching(/^[a-zA-Z0-9./ _-]{1,20}$/);
    const request = fc.record({
      kind: fc.constantFrom('rrq' as const, 'wrq' as const),
      file: word,
      mode: fc.constantFrom('octet' as const, 'netascii' as const),
      options: fc.array(fc.record({ name: word, value: word }), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(request, (written) => {
        expect(parsePacket(requestPacket(written))).toEqual({ ok: true, value: written });
      }),
    );
  });

  it('data, ACK and OACK read as they were written', () => {
    expect(parsePacket(dataPacket(65537, Buffer.from('x')))).toMatchObject({ value: { kind: 'data', block: 1 } });
    expect(parsePacket(ackPacket(7))).toEqual({ ok: true, value: { kind: 'ack', block: 7 } });
    expect(parsePacket(oackPacket([{ name: 'tsize', value: '5' }]))).toEqual({
      ok: true,
      value: { kind: 'oack', options: [{ name: 'tsize', value: '5' }] },
    });
    expect(parsePacket(errorPacket(TFTP_ERROR.fileNotFound, 'File not found'))).toEqual({
      ok: true,
      value: { kind: 'error', code: 1 },
    });
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'too_short'],
    ['opcode 0', Buffer.from([0, 0, 97, 0]), 'unknown_opcode'],
    ['opcode 9', Buffer.from([0, 9, 97, 0]), 'unknown_opcode'],
    ['a name without terminator', Buffer.from('\0\u0001spa942.cfg'), 'no_terminator'],
    ['no mode', Buffer.from('\0\u0001spa942.cfg\0'), 'no_terminator'],
    ['an empty name', Buffer.from('\0\u0001\0octet\0'), 'no_file_name'],
    ['mode mail', Buffer.from('\0\u0001a\0mail\0'), 'unknown_mode'],
    [
      'a name of 600 bytes',
      requestPacket({ kind: 'rrq', file: 'a'.repeat(600), mode: 'octet', options: [] }),
      'too_long',
    ],
    ['mode in capitals', Buffer.from('\0\u0001a\0OCTET\0'), 'rrq'],
  ])('%s: %s', (_name, packet, reason) => {
    expect(reasonFor(packet)).toBe(reason);
  });
});

describe('options', () => {
  const asking = (...options: [string, string][]): TftpRequest => ({
    kind: 'rrq',
    file: 'a',
    mode: 'octet',
    options: options.map(([name, value]) => ({ name, value })),
  });

  it.each(['0', '7', '65465', '-1', '', 'abc', '1e3', '9'.repeat(30)])(
    'blksize %s is left out of the answer',
    (value) => {
      expect(agree(asking(['blksize', value]), 10)).toMatchObject({ blksize: 512, acknowledge: [] });
    },
  );

  it('a blksize beyond what fits an unfragmented frame is answered with less', () => {
    expect(agree(asking(['BLKSIZE', '65464']), 10).blksize).toBe(MAX_BLKSIZE);
    expect(agree(asking(['blksize', '8']), 10).blksize).toBe(8);
  });

  it('an option written a second time counts once', () => {
    const agreed = agree(asking(['blksize', '1024'], ['blksize', '8']), 10);
    expect(agreed.acknowledge).toEqual([{ name: 'blksize', value: '1024' }]);
  });

  it('windowsize is bounded, timeout answered unchanged or not at all, unknown options are not answered', () => {
    const agreed = agree(asking(['windowsize', '64'], ['timeout', '3'], ['rollover', '0'], ['__proto__', '1']), 10);
    expect(agreed.acknowledge).toEqual([
      { name: 'windowsize', value: String(MAX_WINDOWSIZE) },
      { name: 'timeout', value: '3' },
    ]);
    expect(agree(asking(['timeout', '255']), 10).timeoutSeconds).toBeUndefined();
  });

  it('tsize is answered with the size where it is known', () => {
    expect(agree(asking(['tsize', '0']), 1234).acknowledge).toEqual([{ name: 'tsize', value: '1234' }]);
    expect(agree(asking(['tsize', '0']), undefined).acknowledge).toEqual([]);
    expect(agree(asking(['tsize', '9223372036854775808']), 1234).acknowledge).toEqual([]);
  });
});

describe('netascii', () => {
  it('a line ends with CR LF on the wire and a bare CR is CR NUL', () => {
    expect(text(toNetascii(Buffer.from('a\nb\rc\r\n')))).toBe('a\r\nb\r\0c\r\0\r\n');
  });

  it('what was sent is what is read back, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(text(fromNetascii(toNetascii(bytes)))).toBe(text(bytes));
      }),
    );
  });
});
