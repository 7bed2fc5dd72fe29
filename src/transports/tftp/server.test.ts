import { afterEach, describe, expect, it } from 'vitest';
import {
  collectLog,
  doorOptions,
  fileAnswer,
  shelf,
  storedAnswer,
  until,
  type Answer,
  type Shelf,
} from '../../../test/kit/door.ts';
import { fetchTftp, putTftp, RawClient } from '../../../test/kit/tftp-client.ts';
import type { PhoneRequest } from '../../app/serve/outcome.ts';
import type { Door, DoorRefusal } from '../door.ts';
import { ackPacket, requestPacket, type TftpOption } from './packets.ts';
import { startTftp, type TftpOptions } from './server.ts';

const NOT_FOUND: Answer = { kind: 'not_found' };
const option = (name: string, value: string | number): TftpOption => ({ name, value: String(value) });
const bytesOf = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, n) => (n * 7) & 0xff));

const opened: Door[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((door) => door.close()));
});

interface Running extends Shelf {
  readonly port: number;
  readonly door: Door;
  readonly refusals: DoorRefusal[];
}

async function serve(
  answer: (request: PhoneRequest) => Answer | Promise<Answer>,
  options: Partial<TftpOptions> = {},
): Promise<Running> {
  const refusals: DoorRefusal[] = [];
  const files = shelf(answer);
  const door = await startTftp(
    { ...doorOptions('tftp', refusals), retransmitMilliseconds: 40, closeGraceMilliseconds: 300, ...options },
    files.serveFile,
    collectLog().log,
  );
  opened.push(door);
  return { ...files, port: door.address().port, door, refusals };
}

describe('a phone reads a file', () => {
  it('a leading slash, the alias and a token prefix lead to the same name', async () => {
    const server = await serve(() => fileAnswer('x'));
    for (const name of ['spa942.cfg', '/spa942.cfg', '/tftpboot/spa942.cfg', '//TFTPBOOT//spa942.cfg']) {
      expect((await fetchTftp(server, name)).bytes.toString()).toBe('x');
    }
    expect(server.requests.map((request) => request.file)).toEqual(Array(4).fill('spa942.cfg'));
    expect(server.requests[0]).toMatchObject({ door: 'tftp', method: 'GET', secure: false, address: '127.0.0.1' });
    await fetchTftp(server, '/p/ABCDEFGH234567/00-15-65-AA-BB-CC.cfg');
    expect(server.requests.at(-1)).toMatchObject({
      prefix: { kind: 'phone', token: 'abcdefgh234567' },
      file: '001565aabbcc.cfg',
    });
  });

  it.each([0, 1, 511, 512, 513, 1024, 6000])('%i bytes arrive whole, and the door says so once', async (length) => {
    const file = bytesOf(length);
    const server = await serve(() => fileAnswer(file));
    expect((await fetchTftp(server, 'a')).bytes.equals(file)).toBe(true);
    await until(() => server.transfers.length > 0);
    expect(server.transfers).toMatchObject([{ completed: true, bytes: length }]);
  });

  it('a stored file is read while it is sent', async () => {
    const file = bytesOf(70_000);
    const server = await serve(() => storedAnswer(file));
    const got = await fetchTftp(server, 'fw.rom', [
      option('blksize', 1428),
      option('tsize', 0),
      option('windowsize', 8),
    ]);
    expect(got.bytes.equals(file)).toBe(true);
    expect(got.options).toContainEqual(option('tsize', 70_000));
  });

  it('block numbers roll over: 65,536 blocks and more arrive whole', async () => {
    const file = bytesOf(8 * 70_000 + 3);
    const server = await serve(() => fileAnswer(file));
    const got = await fetchTftp(server, 'fw.rom', [option('blksize', 8), option('windowsize', 16)]);
    expect(got.bytes.equals(file)).toBe(true);
  });

  it('options are answered as asked for, within our bounds', async () => {
    const server = await serve(() => fileAnswer(bytesOf(3000)));
    const got = await fetchTftp(server, 'a', [option('tsize', 0), option('blksize', 65464), option('timeout', 5)]);
    expect(got.options).toEqual([option('tsize', 3000), option('blksize', 1428), option('timeout', 5)]);
    expect(got.bytes).toHaveLength(3000);
  });

  it('netascii translates line ends and leaves tsize out, since it would not be the size on the wire', async () => {
    const server = await serve((request) =>
      request.file === 'a' ? fileAnswer('a\nb\rc') : storedAnswer(Buffer.from('a\nb\rc'), 2),
    );
    for (const name of ['a', 'b']) {
      const got = await fetchTftp(server, name, [option('tsize', 0), option('blksize', 100)], () => false, 'NetASCII');
      expect(got.bytes.toString('latin1')).toBe('a\r\nb\r\0c');
      expect(got.options).toEqual([option('blksize', 100)]);
    }
  });

  it.each([
    ['each third packet, one by one', (n: number) => n % 3 === 1, []],
    ['each fifth packet of windows', (n: number) => n % 5 === 2, [option('windowsize', 4)]],
    ['the OACK', (n: number) => n === 0, [option('blksize', 512)]],
    ['the first block', (n: number) => n === 0, []],
  ])('a file arrives whole although the network loses %s', async (_name, loses, options) => {
    const file = bytesOf(9000);
    const server = await serve(() => fileAnswer(file), { retransmitMilliseconds: 20 });
    expect((await fetchTftp(server, 'a', options, loses)).bytes.equals(file)).toBe(true);
  });

  it('S0.7: 200 phones at a time all get their file, without a packet sent twice', async () => {
    const server = await serve((request) => fileAnswer(`${request.file}\n`.repeat(500)), {
      retransmitMilliseconds: 1000,
    });
    const names = Array.from({ length: 200 }, (_, n) => `spa${String(n)}.cfg`);
    const got = await Promise.all(names.map((name) => fetchTftp(server, name)));
    expect(got.every((file, n) => file.bytes.toString().startsWith(`${names[n] ?? ''}\n`))).toBe(true);
    expect(got.reduce((sum, file) => sum + file.repeated, 0)).toBe(0);
    await until(() => server.transfers.length === 200);
    expect(server.transfers.every((transfer) => transfer.completed)).toBe(true);
  });
});

describe('a phone is refused', () => {
  it.each<[Answer, number]>([
    [NOT_FOUND, 1],
    [{ kind: 'challenge', challenges: ['Basic realm="x"'] }, 1],
    [{ kind: 'bad_request' }, 4],
    [{ kind: 'unavailable', retryAfterSeconds: 5 }, 0],
  ])('%j is ERROR %i', async (answer, code) => {
    const server = await serve(() => answer);
    expect((await fetchTftp(server, 'a')).error).toBe(code);
    await until(() => server.transfers.length === 1);
  });

  it('who is throttled hears nothing', async () => {
    const server = await serve(() => ({ kind: 'throttled', retryAfterSeconds: 60 }));
    const client = await RawClient.open(server);
    client.ask('a');
    expect(await client.next(150)).toBeUndefined();
    expect(server.transfers).toMatchObject([{ completed: false, bytes: 0 }]);
    client.close();
  });

  it.each(['../../etc/passwd', '..\\..\\x', 'a\u0001b', '.', '/%2e%2e/x', 'x'.repeat(490)])(
    'P1, P2: the name %j is refused before anybody is asked, or as absent',
    async (name) => {
      const server = await serve(() => NOT_FOUND);
      const error = (await fetchTftp(server, name)).error;
      expect(error === 4 || error === 1).toBe(true);
    },
  );

  it('a network that is not allowed gets silence', async () => {
    const server = await serve(() => fileAnswer('x'), { allowNetworks: ['192.0.2.0/24'] });
    const client = await RawClient.open(server);
    client.ask('a');
    expect(await client.next(150)).toBeUndefined();
    expect(server.refusals).toMatchObject([{ door: 'tftp', reason: 'foreign_network' }]);
    expect(server.requests).toEqual([]);
    client.close();
  });

  it.each([
    ['opcode 0', Buffer.from([0, 0, 1, 2, 3]), 4],
    ['mode mail', requestPacket({ kind: 'rrq', file: 'a', mode: 'mail', options: [] }), 4],
    [
      'a thousand options',
      requestPacket({ kind: 'rrq', file: 'a', mode: 'octet', options: Array(1000).fill(option('a', 1)) }),
      4,
    ],
    ['a DATA of no transfer', Buffer.from([0, 3, 0, 1, 1]), undefined],
    ['an ERROR', Buffer.from([0, 5, 0, 1, 0]), undefined],
    ['one byte', Buffer.from([0]), undefined],
  ])('U4: %s on the request port is answered as the RFC says, and the door lives on', async (_name, packet, code) => {
    const server = await serve(() => fileAnswer('x'));
    const client = await RawClient.open(server);
    client.sendToServer(packet);
    const got = await client.next(150);
    expect(got?.packet.kind === 'error' ? got.packet.code : undefined).toBe(code);
    expect((await fetchTftp(server, 'a')).bytes.toString()).toBe('x');
    client.close();
  });
});

describe('a stranger', () => {
  it.each([
    ['a file of one block', 300, [], 1, 304],
    ['a tiny file', 10, [], 3, 10 * 22],
    ['a file of many blocks', 6000, [], 3, 3 * 516],
    ['a request with options', 6000, [option('blksize', 1428)], 3, 100],
  ])('U1: who asks for %s and never acknowledges gets little', async (_name, size, options, packets, bytes) => {
    const server = await serve(() => fileAnswer(bytesOf(size)), { retransmitMilliseconds: 10 });
    const client = await RawClient.open(server);
    client.ask('spa942.cfg', options);
    await until(() => server.transfers.length === 1);
    expect(client.received.length).toBeLessThanOrEqual(packets);
    expect(client.received.reduce((sum, got) => sum + got.raw.length, 0)).toBeLessThanOrEqual(bytes);
    expect(server.transfers).toMatchObject([{ completed: false, bytes: 0 }]);
    client.close();
  });

  // What a forged request costs its victim, exactly. A name of one letter is the worst that can be asked; 16 letters is what
  // phones ask; from 43 on no file of one block comes to more than ten times the request.
  it.each([1, 16, 43])(
    'U1: for a name of %i letters and a file of each size up to a block, nothing beyond the first packet comes to more than ten times the request',
    async (letters) => {
      // Who asks from 127.1.2.0 gets a file of 2 × 256 bytes.
      const sizeFor = (address: string): number =>
        address
          .split('.')
          .slice(2)
          .reduce((size, part) => size * 256 + Number(part), 0);
      const server = await serve(({ address }) => fileAnswer(bytesOf(sizeFor(address))), {
        retransmitMilliseconds: 10,
      });
      const requestBytes = 2 + letters + 1 + 'octet'.length + 1;
      for (let from = 0; from <= 512; from += 171) {
        const sizes = Array.from({ length: 171 }, (_, n) => from + n).filter((size) => size <= 512);
        const clients = await Promise.all(
          sizes.map((size) => RawClient.open(server, `127.1.${String(size >> 8)}.${String(size & 255)}`)),
        );
        const ended = server.transfers.length + sizes.length;
        for (const client of clients) client.ask('a'.repeat(letters));
        await until(() => server.transfers.length === ended);
        for (const [n, client] of clients.entries()) {
          const size = sizes[n] ?? 0;
          const packet = 4 + size;
          const lengths = client.received.map(({ raw }) => raw.length);
          // A file of exactly a block is a longer one: an empty block would follow.
          const earned = size === 512 ? 3 : Math.min(3, Math.max(1, Math.floor((10 * requestBytes) / packet)));
          expect({ size, lengths }).toEqual({ size, lengths: Array<number>(earned).fill(packet) });
          client.close();
        }
      }
    },
    20_000,
  );

  it('U1: a phone whose first block was lost gets it again by asking again, in the same transfer', async () => {
    const server = await serve(() => fileAnswer(bytesOf(500)), { retransmitMilliseconds: 5000 });
    const client = await RawClient.open(server);
    client.ask('a');
    const first = await client.next();
    client.ask('a');
    const second = await client.next();
    expect(second?.from.port).toBe(first?.from.port);
    expect(server.requests).toHaveLength(1);
    client.close();
  });

  it('U2: a flood from many ports is bounded, and a live transfer goes on', async () => {
    const server = await serve(() => fileAnswer(bytesOf(2000)), { maxSessions: 20, retransmitMilliseconds: 1000 });
    const phone = await RawClient.open(server);
    phone.ask('a');
    const first = await phone.next();
    expect(first?.packet.kind).toBe('data');
    if (first !== undefined) phone.reply(first, ackPacket(1));
    const second = await phone.next();
    const flood = await Promise.all(Array.from({ length: 100 }, () => RawClient.open(server)));
    for (const client of flood) client.ask('a');
    await until(() => server.requests.length === 101);
    if (second !== undefined) phone.reply(second, ackPacket(2));
    expect((await phone.next())?.packet).toMatchObject({ kind: 'data', block: 3 });
    expect((await fetchTftp(server, 'b')).bytes).toHaveLength(2000);
    for (const client of [phone, ...flood]) client.close();
  });

  it('U2: one address has a bounded share, and what is over it is refused silently', async () => {
    const server = await serve(() => fileAnswer(bytesOf(2000)), {
      maxSessionsPerAddress: 3,
      retransmitMilliseconds: 1000,
    });
    const clients = await Promise.all(Array.from({ length: 5 }, () => RawClient.open(server)));
    for (const client of clients) client.ask('a');
    await until(() => server.refusals.length === 2);
    expect(server.refusals[0]?.reason).toBe('too_many_transfers');
    expect(server.requests).toHaveLength(3);
    for (const client of clients) client.close();
  });

  it('U5: an ACK from another port gets ERROR 5, a wrong or repeated one moves nothing, and no data is doubled', async () => {
    const server = await serve(() => fileAnswer(bytesOf(2000)), { retransmitMilliseconds: 5000 });
    const phone = await RawClient.open(server);
    const stranger = await RawClient.open(server);
    phone.ask('a');
    const first = await phone.next();
    if (first === undefined) throw new Error('no answer');
    stranger.reply(first, ackPacket(1));
    expect((await stranger.next())?.packet).toEqual({ kind: 'error', code: 5 });
    phone.reply(first, ackPacket(9));
    phone.reply(first, ackPacket(1));
    phone.reply(first, ackPacket(1));
    phone.reply(first, ackPacket(1));
    expect((await phone.next())?.packet).toMatchObject({ kind: 'data', block: 2 });
    expect(await phone.next(100)).toBeUndefined();
    phone.close();
    stranger.close();
  });

  it('a phone that starts anew from the same port gets the new file', async () => {
    const server = await serve((request) => fileAnswer(`${request.file} `.repeat(1000)), {
      retransmitMilliseconds: 5000,
    });
    const phone = await RawClient.open(server);
    phone.ask('a');
    const first = await phone.next();
    if (first !== undefined) phone.reply(first, ackPacket(1));
    await phone.next();
    phone.ask('b');
    const anew = await phone.next();
    expect(anew?.packet).toMatchObject({ kind: 'data', block: 1 });
    expect(anew?.from.port).not.toBe(first?.from.port);
    expect(server.transfers).toMatchObject([{ completed: false, bytes: 512 }]);
    phone.close();
  });
});

describe('a phone sends a file', () => {
  it('it is handed over whole as a PUT, and acknowledged when it is accepted', async () => {
    const server = await serve(() => ({ kind: 'accepted' }));
    const log = bytesOf(1500);
    expect(await putTftp(server, '/logs/0004f2aabbcc-app.log', log)).toBeUndefined();
    expect(server.requests).toMatchObject([{ method: 'PUT', file: 'logs/0004f2aabbcc-app.log' }]);
    expect(Buffer.from(server.requests[0]?.body ?? []).equals(log)).toBe(true);
    expect(server.transfers).toMatchObject([{ completed: true, bytes: 1500 }]);
  });

  it('U4: what is not accepted is an access violation', async () => {
    const server = await serve(() => NOT_FOUND);
    expect(await putTftp(server, 'a.cfg', bytesOf(10))).toBe(2);
  });

  it('a file beyond the bound is refused while it comes in', async () => {
    const server = await serve(() => ({ kind: 'accepted' }), { maxUploadBytes: 1000 });
    expect(await putTftp(server, 'a.log', bytesOf(5000))).toBe(3);
    expect(server.requests).toEqual([]);
  });

  it('netascii text is kept with our line ends', async () => {
    const server = await serve(() => ({ kind: 'accepted' }));
    await putTftp(server, 'a.log', Buffer.from('a\r\nb\r\0'), 'netascii');
    expect(Buffer.from(server.requests[0]?.body ?? []).toString()).toBe('a\nb\r');
  });
});

describe('the door', () => {
  it('lets a running transfer end when it is closed, to the last packet', async () => {
    let asked = (): void => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const server = await serve(() => {
      asked();
      return fileAnswer(bytesOf(20_000));
    });
    const fetching = fetchTftp(server, 'a');
    await isAsked;
    await server.door.close();
    opened.length = 0;
    expect((await fetching).bytes).toHaveLength(20_000);
    expect(server.transfers).toMatchObject([{ completed: true }]);
  });

  it('says why its port cannot be bound', async () => {
    const server = await serve(() => NOT_FOUND);
    const second = startTftp({ ...doorOptions('tftp'), port: server.port }, server.serveFile, collectLog().log);
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('answers over IPv6 and, bound to both, over IPv4', async () => {
    const server = await serve(() => fileAnswer('x'), { host: '::' });
    expect((await fetchTftp(server, 'a')).bytes.toString()).toBe('x');
    expect(server.requests[0]?.address).toBe('127.0.0.1');
  });

  it('survives an upload whose keeping throws', async () => {
    const server = await serve((request) => {
      if (request.method === 'PUT') throw new Error('our bug');
      return fileAnswer('x');
    });
    await expect(putTftp(server, 'a.log', bytesOf(10), 'octet', 200)).rejects.toThrow('silence');
    expect((await fetchTftp(server, 'a')).bytes.toString()).toBe('x');
  });

  it('survives a use case that throws', async () => {
    let broken = true;
    const server = await serve(() => {
      if (broken) throw new Error('our bug');
      return fileAnswer('x');
    });
    const client = await RawClient.open(server);
    client.ask('a');
    expect(await client.next(100)).toBeUndefined();
    broken = false;
    expect((await fetchTftp(server, 'a')).bytes.toString()).toBe('x');
    client.close();
  });
});
