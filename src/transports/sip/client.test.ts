import { type Buffer } from 'node:buffer';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { createTestCa } from '../../../test/kit/test-ca.ts';
import { SipClient } from './client.ts';
import type { SipHop } from './flow.ts';
import { NO_BODY, type SipRequest } from './message.ts';
import { SIP_TIMERS } from './timers.ts';

const T1 = 20;
const timers = { t1: T1, t2: 8 * T1, connect: 300 };
let serial = 0;
const token = (): string => `t${String(++serial)}`;
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function client(authorities?: readonly string[]): SipClient {
  const made = new SipClient({
    timers,
    idleMilliseconds: 1_000,
    token,
    ...(authorities === undefined ? {} : { authorities }),
  });
  closing.push(() => made.close());
  return made;
}

const request: SipRequest = {
  kind: 'request',
  method: 'NOTIFY',
  uri: 'sip:201@example.com',
  headers: [{ name: 'cseq', value: '1 NOTIFY' }],
  body: NO_BODY,
};

const answerTo = (heard: string, status: string): string => {
  const via = /^Via: .+$/m.exec(heard)?.[0] ?? '';
  return `SIP/2.0 ${status}\r\n${via}\r\nCSeq: 1 NOTIFY\r\nContent-Length: 0\r\n\r\n`;
};

/** A peer on UDP that answers the nth message with these, or with nothing. */
async function udpPeer(
  ...answers: readonly (string | undefined)[]
): Promise<{ readonly hop: SipHop; readonly times: number[] }> {
  const socket: UdpSocket = createSocket('udp4');
  const times: number[] = [];
  socket.on('message', (bytes, from) => {
    const answer = answers[times.length];
    times.push(performance.now());
    if (answer !== undefined) socket.send(answerTo(bytes.toString(), answer), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  closing.push(() => void socket.close());
  return { hop: { transport: 'udp', address: '127.0.0.1', port: socket.address().port, name: '127.0.0.1' }, times };
}

async function streamPeer(
  server: ReturnType<typeof createServer>,
  transport: 'tcp' | 'tls',
  name: string,
): Promise<SipHop> {
  server.on(transport === 'tls' ? 'secureConnection' : 'connection', (socket: Socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => socket.write(answerTo(bytes.toString(), '200 OK')));
    closing.push(() => void socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => void server.close());
  // `as`: a server that listens on a port.
  return { transport, address: '127.0.0.1', port: (server.address() as AddressInfo).port, name };
}

async function exchange(hop: SipHop, from = client()) {
  return from.exchange(await from.flowTo(hop), request);
}

test('the timers are those of RFC 3261: T1 half a second, T2 four, and no answer after 32', () => {
  expect(SIP_TIMERS).toMatchObject({ t1: 500, t2: 4_000 });
});

test('over UDP a request is sent again at growing distances until it is answered', async () => {
  const { hop, times } = await udpPeer(undefined, undefined, undefined, '200 OK');
  expect(await exchange(hop)).toMatchObject({ kind: 'response', response: { status: 200 } });
  expect(times).toHaveLength(4);
});

test('nobody who answers is no answer after 64 times T1, though a proxy said that it tries', async () => {
  const { hop, times } = await udpPeer('100 Trying');
  const startedAt = performance.now();
  expect(await exchange(hop)).toEqual({ kind: 'no_answer' });
  expect(performance.now() - startedAt).toBeGreaterThan(60 * T1);
  // At first after T1, then every T2: a dozen at most, where T1 alone would have made sixty.
  expect(times.length).toBeGreaterThan(2);
  expect(times.length).toBeLessThan(14);
});

test('an answer to another request, or bytes that are none, are left alone', async () => {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, from) => {
    const right = answerTo(bytes.toString(), '200 OK');
    const others = [
      'x',
      right.replace(/branch=\w+/, 'branch=z9hG4bKother'),
      right.replace('1 NOTIFY', '1 OPTIONS'),
      right,
    ];
    for (const one of others) socket.send(one.replace('200', one === right ? '200' : '500'), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  closing.push(() => void socket.close());
  const hop: SipHop = { transport: 'udp', address: '127.0.0.1', port: socket.address().port, name: '' };
  expect(await exchange(hop)).toMatchObject({ response: { status: 200 } });
});

test('a request that is too large for UDP is not sent', async () => {
  const { hop, times } = await udpPeer('200 OK');
  const from = client();
  const large: SipRequest = {
    ...request,
    headers: [...request.headers, { name: 'subject', value: 'x'.repeat(1_300) }],
  };
  expect(await from.exchange(await from.flowTo(hop), large)).toEqual({
    kind: 'unreachable',
    reason: 'too_large_for_udp',
  });
  expect(times).toEqual([]);
});

test('over TCP one connection is used again', async () => {
  const server = createServer();
  let connections = 0;
  server.on('connection', () => (connections += 1));
  const hop = await streamPeer(server, 'tcp', '127.0.0.1');
  const from = client();
  expect(await exchange(hop, from)).toMatchObject({ response: { status: 200 } });
  expect(await exchange(hop, from)).toMatchObject({ response: { status: 200 } });
  expect(connections).toBe(1);
});

test('a peer that takes the connection and says nothing is no answer', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => void server.close());
  // `as`: a server that listens on a port.
  const hop: SipHop = {
    transport: 'tcp',
    address: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    name: '',
  };
  expect(await exchange(hop)).toEqual({ kind: 'no_answer' });
});

test('where nobody listens there is no way', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // `as`: a server that listens on a port.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  await expect(client().flowTo({ transport: 'tcp', address: '127.0.0.1', port, name: '' })).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});

test('over TLS the peer’s certificate must be for the name that was asked for, from an authority that is known', async () => {
  const ca = await createTestCa('SIP CA');
  const { key, certificate } = await ca.issue({ subject: [['CN', 'pbx.example.com']], hosts: ['pbx.example.com'] });
  const hop = await streamPeer(createTlsServer({ key, cert: certificate }), 'tls', 'pbx.example.com');
  expect(await exchange(hop, client([ca.certificate]))).toMatchObject({ response: { status: 200 } });
  await expect(client([ca.certificate]).flowTo({ ...hop, name: 'other.example.com' })).rejects.toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
  await expect(client().flowTo(hop)).rejects.toThrow();
});

test('whoever waits when the client is closed waits no longer', async () => {
  const { hop } = await udpPeer();
  const from = client();
  const waiting = exchange(hop, from);
  const refused = expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  await from.flowTo(hop);
  await from.close();
  await refused;
});
