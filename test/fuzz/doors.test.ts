import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPhone, fetchOwn, type KnownPhone } from '../kit/attack.ts';
import { startTestProduct, type TestProduct } from '../kit/product.ts';
import { fetchTftp } from '../kit/tftp-client.ts';
import { seedsOf } from './corpus.ts';
import { mutate, randomFrom } from './mutate.ts';
import { secondsOfEach, SEED } from './settings.ts';
import { TARGETS } from './targets.ts';

const SECONDS = secondsOfEach(TARGETS.length + 1);
const INPUTS = 300;
const MAX_BYTES = 2 * 1024;

let offhook: TestProduct;
let phone: KnownPhone;
beforeAll(async () => {
  offhook = await startTestProduct({ environment: { OFFHOOK_DOORS_LEGACY_OPEN: 'true' } });
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
  phone = await addPhone(offhook, 'acme', 'yealink', 'aa0c06');
});
afterAll(() => offhook.close());

/** Sends these bytes and nothing more; says what came back. */
const sendBytes = (port: number, bytes: Buffer): Promise<string> =>
  new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (answer += text));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(answer);
    });
  });

function sendDatagram(port: number, bytes: Buffer): Promise<void> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.send(bytes, port, '127.0.0.1', () => {
      socket.close(resolve);
    });
  });
}

test(
  'C6 whatever bytes come to a door, no answer is 500, the next phone is served, and nothing is said of an error of ours',
  async () => {
    const random = randomFrom(SEED);
    const [requests, packets] = [seedsOf('http-request'), seedsOf('tftp-packet')];
    const doors = ['admin', 'bootstrap', 'legacy', 'secure'] as const;
    const before = await fetchOwn(offhook, phone);
    const end = performance.now() + SECONDS * 1000;
    for (let tried = 0; tried < INPUTS || performance.now() < end; tried += doors.length) {
      const inputs = doors.map((door) => [door, mutate(requests, random, MAX_BYTES)] as const);
      const answers = await Promise.all(inputs.map(([door, bytes]) => sendBytes(offhook.port(door), bytes)));
      for (const [n, answer] of answers.entries())
        expect(answer, inputs[n]?.[1].toString('base64')).not.toMatch(/HTTP\/1\.1 5\d\d/);
      await sendDatagram(offhook.port('tftp'), mutate(packets, random, MAX_BYTES));
      if (tried % 100 === 0) expect((await fetchOwn(offhook, phone)).text).toBe(before.text);
    }
    await delay(500);
    expect((await fetchTftp({ port: offhook.port('tftp') }, 'spa942.cfg')).error).toBeUndefined();
    expect((await fetchOwn(offhook, phone)).text).toBe(before.text);
    const ours = /"event":"(?:api_failed|http_request_failed|serve_failed|tftp_session_failed|background_failed)"/;
    expect(offhook.log.filter((line) => ours.test(line))).toEqual([]);
  },
  120_000 + SECONDS * 2000,
);
