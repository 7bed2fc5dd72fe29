import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDer, readOid } from './der.ts';
import { readCertificateNames, readName } from './distinguished-name.ts';

const tlv = (tag: number, ...content: Uint8Array[]): Buffer => {
  const bytes = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, bytes.length]), bytes]);
};
const CN = Buffer.from([0x06, 3, 0x55, 4, 3]);
const ORGANIZATION = Buffer.from([0x06, 3, 0x55, 4, 10]);
const field = (oid: Buffer, tag: number, text: Buffer): Buffer => tlv(0x30, oid, tlv(tag, text));

describe('DER', () => {
  it('no bytes make the readers throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        readDer(bytes);
        readName(bytes);
        readCertificateNames(bytes);
        readOid(bytes);
      }),
    );
  });

  it('lengths beyond the bytes that are there are no element', () => {
    expect(readDer(Buffer.from([0x30, 0x05, 1])).ok).toBe(false);
    expect(readDer(Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff])).ok).toBe(false);
    expect(readDer(Buffer.from([0x30, 0x80, 0, 0])).ok).toBe(false);
  });

  it('object identifiers read as they are written', () => {
    expect(readOid(Buffer.from([0x55, 4, 3]))).toBe('2.5.4.3');
    expect(readOid(Buffer.from([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5]))).toBe('1.2.840.113549.1.1.5');
  });
});

describe('a name', () => {
  it('keeps the parts of a multi-valued field, and all string types', () => {
    const name = Buffer.concat([
      tlv(0x31, field(CN, 0x0c, Buffer.from('a, CN=b')), field(ORGANIZATION, 0x13, Buffer.from('Maker'))),
      tlv(0x31, field(CN, 0x1e, Buffer.from([0, 0x63]))),
    ]);
    expect(readName(name)).toEqual({
      ok: true,
      value: [
        { type: 'CN', value: 'a, CN=b' },
        { type: 'O', value: 'Maker' },
        { type: 'CN', value: 'c' },
      ],
    });
  });

  it.each(['000e08abcdef\0x', 'a\nb', '\u001b[31m'])('with a control character (%j) is hostile', (text) => {
    expect(readName(tlv(0x31, field(CN, 0x0c, Buffer.from(text))))).toEqual({
      ok: false,
      error: { kind: 'hostile_name' },
    });
  });
});
