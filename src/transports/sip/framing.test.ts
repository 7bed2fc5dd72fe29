import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Framing, type Frame } from './framing.ts';

const message = (body: string, name = 'Content-Length'): string =>
  `NOTIFY sip:a SIP/2.0\r\nVia: x\r\n${name}: ${String(body.length)}\r\n\r\n${body}`;

const textOf = (frame: Frame): string => (frame.kind === 'ping' ? 'ping' : Buffer.from(frame.bytes).toString());

test('messages and pings come out whole, however the stream was cut', () => {
  const pieces = [message('one'), '\r\n\r\n', message('', 'l'), '\r\n', message('a\r\n\r\nb'), '\r\n\r\n', '\r\n\r\n'];
  const expected = [message('one'), 'ping', message('', 'l'), message('a\r\n\r\nb'), 'ping', 'ping'];
  const stream = Buffer.from(pieces.join(''));
  fc.assert(
    fc.property(fc.array(fc.nat({ max: stream.length }), { maxLength: 30 }), (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
      const framing = new Framing();
      const frames = places.slice(1).flatMap((end, index) => framing.add(stream.subarray(places[index], end)) ?? []);
      expect(frames.map(textOf)).toEqual(expected);
    }),
  );
});

test('byte by byte it is the same', () => {
  const framing = new Framing();
  const frames = Array.from(Buffer.from(`${message('one')}\r\n\r\n`)).flatMap(
    (byte) => framing.add(Buffer.of(byte)) ?? [],
  );
  expect(frames.map(textOf)).toEqual([message('one'), 'ping']);
});

test('a stream in which no message can be found any more is given up', () => {
  const unreadable = (text: string): boolean => new Framing().add(Buffer.from(text)) === undefined;
  expect(unreadable('NOTIFY sip:a SIP/2.0\r\nVia: x\r\n\r\n')).toBe(true);
  expect(unreadable('NOTIFY sip:a SIP/2.0\r\nContent-Length: -1\r\n\r\n')).toBe(true);
  expect(unreadable('NOTIFY sip:a SIP/2.0\r\nContent-Length: 70000\r\n\r\n')).toBe(true);
  expect(unreadable('x'.repeat(66_000))).toBe(true);
  expect(unreadable('x'.repeat(1_000))).toBe(false);
});
