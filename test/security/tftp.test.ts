import { createSocket, type Socket } from 'node:dgram';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ackPacket, requestPacket, type TftpOption } from '../../src/transports/tftp/packets.ts';
import { addPhone, journal, type KnownPhone } from '../kit/attack.ts';
import { startTestProduct, type TestProduct } from '../kit/product.ts';
import { fetchTftp, putTftp, RawClient, type Received } from '../kit/tftp-client.ts';

let offhook: TestProduct;
let phone: KnownPhone;
let foreign: KnownPhone;
let server: { readonly port: number };
beforeAll(async () => {
  offhook = await startTestProduct();
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
  await offhook.must('PUT', '/tenants/rival', { title: 'Rival Ltd' });
  phone = await addPhone(offhook, 'acme', 'cisco-spa', 'aa0041');
  foreign = await addPhone(offhook, 'rival', 'cisco-spa', 'aa0042');
  server = { port: offhook.port('tftp') };
});
afterAll(() => offhook.close());

/** What the tenant gives over TFTP, and where. */
const lower = (networks: readonly string[], content: 'plain' | 'full'): Promise<unknown> =>
  offhook.must('PUT', '/tenants/acme', {
    title: 'Acme',
    policy: { lowered: [{ door: 'tftp', networks, content, level: 0 }] },
  });

test('U3 a secret file goes over TFTP only where the tenant allows secrets there and the address lies in its network', async () => {
  const bootstrap = (await fetchTftp(server, '000e08aa0049.xml')).bytes.toString();
  expect(bootstrap).toContain('<flat-profile>');
  const fetched = async (name: string): Promise<string> => (await fetchTftp(server, name)).bytes.toString();
  const publicOnly = async (): Promise<void> => {
    for (const name of [phone.file, foreign.file, `p/${foreign.token}/${phone.file}`]) {
      const text = await fetched(name);
      for (const secret of [phone.sipPassword, phone.token, phone.httpPassword, `Person ${phone.mac}`])
        expect(text).not.toContain(secret);
    }
    expect(await fetched(phone.file)).toBe(bootstrap);
  };
  await publicOnly();
  // Allowed, but for another network.
  await lower(['198.51.100.0/24', '2001:db8::/32'], 'full');
  await publicOnly();
  // In its network, but allowed without secrets only.
  await lower(['127.0.0.0/8'], 'plain');
  const plain = await fetched(phone.file);
  expect(plain).toContain(`Person ${phone.mac}`);
  expect(plain).not.toContain(phone.sipPassword);
  expect(plain).not.toContain(phone.token);
  // Both.
  await lower(['127.0.0.0/8'], 'full');
  expect(await fetched(phone.file)).toContain(phone.sipPassword);
  // One tenant's word does not count for another's phone.
  expect(await fetched(foreign.file)).toBe(bootstrap);
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme', policy: { lowered: [] } });
  await publicOnly();
});

async function exchange(packet: Buffer): Promise<Received | undefined> {
  const client = await RawClient.open(server);
  client.sendToServer(packet);
  const answer = await client.next();
  // An ERROR ends the transfer.
  if (answer?.packet.kind === 'data' || answer?.packet.kind === 'oack')
    client.reply(answer, Buffer.from('\0\x05\0\0enough\0'));
  client.close();
  return answer;
}

const request = (opcode: number, ...strings: readonly string[]): Buffer =>
  Buffer.concat([Buffer.from([0, opcode]), Buffer.from(strings.map((text) => `${text}\0`).join(''))]);

/** A read request for a public file with these options. */
const withOptions = (...options: readonly string[]): Promise<Received | undefined> =>
  exchange(request(1, 'spa942.cfg', 'octet', ...options));

const acknowledged = (answer: Received | undefined): readonly TftpOption[] | undefined =>
  answer?.packet.kind === 'oack' ? answer.packet.options : undefined;

test('U4 a write, a wrong mode and broken options are refused or passed over as the RFCs say', async () => {
  expect(await putTftp(server, phone.file, Buffer.from('<flat-profile/>'))).toBe(2);
  expect(await putTftp(server, '../x', Buffer.from('x'))).toBe(4);
  const mail = await exchange(request(1, 'spa942.cfg', 'mail'));
  expect(mail?.packet).toMatchObject({ kind: 'error', code: 4 });
  // RFC 2348: 8 to 65464; what is beyond is left out, so that a plain transfer begins.
  for (const size of ['0', '7', '65465', '-1', '', '1e3', '512\n', '99999999999999999999'])
    expect((await withOptions('blksize', size))?.packet).toMatchObject({ kind: 'data', block: 1 });
  expect(acknowledged(await withOptions('blksize', '8'))).toEqual([{ name: 'blksize', value: '8' }]);
  // RFC 2349: the size is told for 0; 2^63 and what is no number are left out.
  expect((await withOptions('tsize', '9223372036854775808'))?.packet).toMatchObject({ kind: 'data', block: 1 });
  const { bytes } = await fetchTftp(server, 'spa942.cfg');
  expect(acknowledged(await withOptions('tsize', '0'))).toEqual([{ name: 'tsize', value: String(bytes.length) }]);
  // RFC 2347: an option may stand once; the first one counts.
  expect(acknowledged(await withOptions('blksize', '64', 'BLKSIZE', '128'))).toEqual([
    { name: 'blksize', value: '64' },
  ]);
  const thousand = Array.from({ length: 1000 }, (_, n) => [`o${String(n)}`, '1']).flat();
  expect((await withOptions(...thousand))?.packet).toMatchObject({ kind: 'error', code: 4 });
  expect((await withOptions(...thousand.slice(0, 100)))?.packet).toMatchObject({ kind: 'data', block: 1 });
  expect((await fetchTftp(server, 'spa942.cfg')).bytes.equals(bytes)).toBe(true);
});

test('a TFTP packet with opcode 0, an option without an end or a value, is answered as the RFC says, noted, and disturbs nobody', async () => {
  expect((await exchange(Buffer.from('\0\0spa942.cfg\0octet\0')))?.packet).toMatchObject({ kind: 'error', code: 4 });
  expect((await journal(offhook))[0]).toMatchObject({ door: 'tftp', reason: 'unknown_opcode' });
  const unended = Buffer.concat([request(1, 'spa942.cfg', 'octet', 'blksize'), Buffer.from('1024')]);
  expect((await exchange(unended))?.packet).toMatchObject({ kind: 'error', code: 4 });
  expect((await journal(offhook))[0]).toMatchObject({ door: 'tftp', reason: 'no_terminator' });
  // RFC 2347: what cannot be understood is left out, and the transfer goes on without it.
  expect((await withOptions('blksize'))?.packet).toMatchObject({ kind: 'data', block: 1 });
  await expect
    .poll(async () => (await journal(offhook))[0])
    .toMatchObject({ door: 'tftp', file: 'spa942.cfg', outcome: 'file' });
});

/** A file of exactly this size that everybody may have. */
async function publish(name: string, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size, name);
  const answer = await offhook.api('PUT', `/firmware/${name}?vendor=cisco-spa&models=SPA942&version=6.1.5`, bytes, {
    'content-type': 'application/octet-stream',
  });
  expect([200, 201]).toContain(answer.status);
  return bytes;
}

test('U5 an ACK for a wrong block, from another port or sent again brings no block twice, and the stranger ERROR 5', async () => {
  const file = await publish('blocks.bin', 64 * 5 + 10);
  const client = await RawClient.open(server);
  client.ask('blocks.bin', [{ name: 'blksize', value: '64' }]);
  const agreed = await client.next();
  if (agreed === undefined) throw new Error('no answer');
  const stranger = createSocket('udp4');
  const refusals: Buffer[] = [];
  stranger.on('message', (packet) => refusals.push(packet));
  for (let block = 0; block <= 5; block += 1) {
    const had = client.received.length;
    stranger.send(ackPacket(block), agreed.from.port, '127.0.0.1');
    for (const wrong of [block + 1, block + 9, 65_535]) client.reply(agreed, ackPacket(wrong));
    if (block > 0) client.reply(agreed, ackPacket(block - 1));
    await expect.poll(() => refusals.length).toBe(block + 1);
    // The stranger's refusal came after all of that, and nothing else has come.
    expect(client.received).toHaveLength(had);
    client.reply(agreed, ackPacket(block));
    // Sent again, as a phone does whose first ACK seemed lost (RFC 1123 §4.2.3.1).
    client.reply(agreed, ackPacket(block));
    expect((await client.next())?.packet).toMatchObject({ kind: 'data', block: block + 1 });
  }
  client.reply(agreed, ackPacket(6));
  for (const refusal of refusals) expect(refusal.subarray(0, 4)).toEqual(Buffer.from([0, 5, 0, 5]));
  await expect
    .poll(async () => (await journal(offhook)).find((record) => record.file === 'blocks.bin'))
    .toMatchObject({ completed: true, bytes: file.length });
  expect(client.received.map(({ packet }) => (packet.kind === 'data' ? packet.block : packet.kind))).toEqual([
    'oack',
    ...[1, 2, 3, 4, 5, 6],
  ]);
  stranger.close();
  client.close();
  expect((await journal(offhook)).map((record) => record.reason)).toContain('wrong_tid');
});

test('U1 who never acknowledges gets one packet, and repetitions as far as all of them come to ten times what he sent and are three', async () => {
  await publish('tiny', 39);
  await publish('small', 60);
  await publish('one-block', 511);
  await publish('many-blocks', 5000);
  await publish('a-name-of-forty-three-letters-for-one-block', 511);
  const asked = {
    tiny: ['tiny', [], [43, 43, 43]],
    small: ['small', [], [64, 64]],
    // The first packet is the file: no server can send less of it, and a phone that lost it asks again (ADR 0007).
    block: ['one-block', [], [515]],
    long: ['a-name-of-forty-three-letters-for-one-block', [], [515]],
    many: ['many-blocks', [], [516, 516, 516]],
    options: ['many-blocks', [{ name: 'blksize', value: '1428' }], [15, 15, 15]],
    window: ['many-blocks', [{ name: 'windowsize', value: '16' }], [16, 16, 16]],
  } as const;
  const request = (file: string): number => 2 + file.length + 1 + 'octet'.length + 1;
  const got = await Promise.all(
    Object.entries(asked).map(async ([name, [file, options]]) => {
      const client = await RawClient.open(server);
      client.ask(file, options);
      // Longer than the server's patience with somebody who was never heard.
      for (let more = true; more;) more = (await client.next(7000)) !== undefined;
      client.close();
      return [name, client.received.map(({ raw }) => raw)] as const;
    }),
  );
  for (const [name, packets] of got) {
    const [file, options, lengths] = asked[name as keyof typeof asked];
    expect({ name, lengths: packets.map(({ length }) => length) }).toEqual({ name, lengths });
    const total = packets.reduce((sum, { length }) => sum + length, 0);
    expect(total).toBeLessThanOrEqual(3 * 516);
    if (packets.length > 1 && file !== 'many-blocks') expect(total).toBeLessThanOrEqual(10 * request(file));
    // With options only OACKs repeat.
    if (options.length > 0) for (const packet of packets) expect(packet.subarray(0, 2)).toEqual(Buffer.from([0, 6]));
  }
  // Every transfer has ended: nothing more can come, however long one waits.
  const ended = (await journal(offhook)).filter(
    ({ file, completed }) => /^(tiny|small|one-|many-|a-name)/.test(file) && !completed,
  );
  expect(ended).toHaveLength(7);
}, 20_000);

/** A socket at an address of its own, so that to the server it is somebody else. */
async function socketAt(address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  return socket;
}

const ask = requestPacket({ kind: 'rrq', file: 'spa942.cfg', mode: 'octet', options: [] });

const openUdp = (): number => process.getActiveResourcesInfo().filter((name) => name === 'UDPWrap').length;

test('U2 a flood of requests from forged addresses takes a bounded number of ports, and running transfers finish', async () => {
  const file = await publish('long.bin', 8 * 100);
  const before = openUdp();
  const running = Array.from({ length: 4 }, () => fetchTftp(server, 'long.bin', [{ name: 'blksize', value: '8' }]));
  let most = 0;
  for (let round = 0; round < 50; round += 1) {
    const flood = await Promise.all(
      Array.from({ length: 200 }, (_, n) => socketAt(`127.${round % 7}.${n % 250}.${(round % 200) + 2}`)),
    );
    for (const socket of flood) socket.send(ask, server.port, '127.0.0.1');
    // Who asks after them is served: then they have been heard as well, and not lost on the way.
    expect((await fetchTftp(server, 'spa942.cfg')).error).toBeUndefined();
    most = Math.max(most, openUdp() - before - flood.length);
    for (const socket of flood) socket.close();
  }
  for (const { bytes } of await Promise.all(running)) expect(bytes.equals(file)).toBe(true);
  expect((await fetchTftp(server, 'long.bin')).bytes.equals(file)).toBe(true);
  // A thousand transfers and their spare ports at the most, of ten thousand asked for.
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(1500);
}, 60_000);

test('U2 one address gets no more than its share of transfers, and for more than that it hears nothing', async () => {
  const answered = new Set<Socket>();
  const other: Socket[] = [];
  const sockets = await Promise.all(Array.from({ length: 700 }, () => socketAt('127.0.7.7')));
  for (const socket of sockets)
    socket.on('message', (packet) => {
      if (packet[1] === 3) answered.add(socket);
      else other.push(socket);
    });
  for (let asked = 0; asked < sockets.length; asked += 100) {
    for (const socket of sockets.slice(asked, asked + 100)) socket.send(ask, server.port, '127.0.0.1');
    // Somebody else, who asks after them, is served: then they have been heard as well.
    expect((await fetchTftp(server, 'spa942.cfg')).error).toBeUndefined();
  }
  await expect.poll(() => answered.size).toBe(512);
  expect(other).toEqual([]);
  expect((await journal(offhook)).filter(({ reason }) => reason === 'too_many_transfers').length).toBeGreaterThan(0);
  for (const socket of sockets) socket.close();
});
