import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ackPacket, type TftpOption } from '../../src/transports/tftp/packets.ts';
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

test('a TFTP packet with a wrong TID gets ERROR 5 and does not disturb the transfer', async () => {
  const client = await RawClient.open(server);
  client.ask('spa942.cfg', [{ name: 'blksize', value: '64' }]);
  const agreed = await client.next();
  if (agreed === undefined) throw new Error('no answer');
  const stranger = createSocket('udp4');
  const refused = new Promise<Buffer>((resolve) => stranger.once('message', resolve));
  stranger.send(ackPacket(0), agreed.from.port, '127.0.0.1');
  expect((await refused).subarray(0, 4)).toEqual(Buffer.from([0, 5, 0, 5]));
  stranger.close();
  // Block 1 comes after the phone's own acknowledgement, not after the stranger's.
  expect(client.received).toHaveLength(1);
  client.reply(agreed, ackPacket(0));
  expect((await client.next())?.packet).toMatchObject({ kind: 'data', block: 1 });
  client.close();
  const reasons = (await journal(offhook)).map((record) => record.reason);
  expect(reasons).toContain('wrong_tid');
});
