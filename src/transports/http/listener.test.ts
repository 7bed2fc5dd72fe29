import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  collectLog,
  doorOptions,
  fileAnswer,
  shelf,
  storedAnswer,
  until,
  type Answer,
  type LogLine,
  type Shelf,
} from '../../../test/kit/door.ts';
import type { PhoneRequest } from '../../app/serve/outcome.ts';
import type { Door, DoorRefusal } from '../door.ts';
import { startHttpDoor, type HttpDoorOptions } from './listener.ts';

const opened: Door[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((door) => door.close()));
});

interface Running extends Shelf {
  readonly port: number;
  readonly door: Door;
  readonly refusals: DoorRefusal[];
  readonly lines: LogLine[];
}

async function serve(
  answer: (request: PhoneRequest) => Answer | Promise<Answer>,
  options: Partial<HttpDoorOptions> = {},
): Promise<Running> {
  const refusals: DoorRefusal[] = [];
  const files = shelf(answer);
  const { log, lines } = collectLog();
  const door = await startHttpDoor(
    { ...doorOptions('bootstrap', refusals), closeGraceMilliseconds: 200, ...options },
    files.serveFile,
    log,
  );
  opened.push(door);
  return { ...files, port: door.address().port, door, refusals, lines };
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function ask(
  server: { readonly port: number },
  path: string,
  extra: { method?: string; headers?: Record<string, string | string[]>; body?: string } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      {
        host: '127.0.0.1',
        port: server.port,
        path,
        method: extra.method ?? 'GET',
        headers: extra.headers ?? {},
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('latin1'),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(extra.body);
  });
}

/** Writes bytes as they are and returns all that comes back until the connection ends. */
function talk(server: { readonly port: number }, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text, 'latin1'));
    let got = '';
    socket.on('data', (chunk) => (got += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(got);
    });
  });
}

describe('a phone asks', () => {
  it('and the request is plain: door, address, prefix, file, host, headers', async () => {
    const server = await serve(() => fileAnswer('x'));
    await ask(server, '/p/ABC234/00%3A15%3A65%3AAA%3ABB%3ACC.cfg?a=b', {
      headers: {
        Host: 'Prov.Example.com:1445',
        'User-Agent': 'Yealink',
        'If-None-Match': '"1"',
        Authorization: 'Basic eDp5',
      },
    });
    expect(server.requests).toMatchObject([
      {
        door: 'bootstrap',
        secure: false,
        address: '127.0.0.1',
        method: 'GET',
        prefix: { kind: 'phone', token: 'abc234' },
        file: '001565aabbcc.cfg',
        target: '/p/ABC234/00%3A15%3A65%3AAA%3ABB%3ACC.cfg?a=b',
        host: 'prov.example.com',
        userAgent: 'Yealink',
        authorization: 'Basic eDp5',
        ifNoneMatch: '"1"',
      },
    ]);
  });

  it('the alias directory is the root', async () => {
    const server = await serve((request) => fileAnswer(request.file));
    expect((await ask(server, '/tftpboot/T48-35.83.0.50.rom')).body).toBe('T48-35.83.0.50.rom');
  });

  it('a file comes with ETag, length and type, and is kept by no cache', async () => {
    const server = await serve(() => fileAnswer('#!version:1.0.0.1\n'));
    const reply = await ask(server, '/a.cfg');
    expect(reply.status).toBe(200);
    expect(reply.body).toBe('#!version:1.0.0.1\n');
    expect(reply.headers).toMatchObject({
      etag: '"1"',
      'content-length': '18',
      'content-type': 'text/plain',
      'cache-control': 'private, no-cache',
    });
    expect(reply.headers.server).toBeUndefined();
    await until(() => server.transfers.length > 0);
    expect(server.transfers).toMatchObject([{ completed: true, bytes: 18 }]);
  });

  it('HEAD has the headers alone', async () => {
    const server = await serve((request) =>
      request.file === 'fw' ? storedAnswer(Buffer.alloc(5)) : fileAnswer('12345'),
    );
    for (const path of ['/a', '/fw']) {
      const reply = await ask(server, path, { method: 'HEAD' });
      expect(reply).toMatchObject({ status: 200, body: '', headers: { 'content-length': '5' } });
    }
    await until(() => server.transfers.length === 2);
    expect(server.transfers).toMatchObject([{ bytes: 0 }, { bytes: 0 }]);
  });

  it.each<[Answer, number, Record<string, string>]>([
    [{ kind: 'not_modified', etag: '"1"' }, 304, { etag: '"1"' }],
    [{ kind: 'not_found' }, 404, {}],
    [{ kind: 'bad_request' }, 400, {}],
    [{ kind: 'too_large' }, 413, {}],
    [{ kind: 'accepted' }, 200, {}],
    [{ kind: 'throttled', retryAfterSeconds: 60 }, 429, { 'retry-after': '60' }],
    [{ kind: 'unavailable', retryAfterSeconds: 30 }, 503, { 'retry-after': '30' }],
    [
      { kind: 'challenge', challenges: ['Digest realm="a"', 'Basic realm="a"'] },
      401,
      { 'www-authenticate': 'Digest realm="a", Basic realm="a"' },
    ],
  ])('%j is %i', async (answer, status, headers) => {
    const server = await serve(() => answer);
    const reply = await ask(server, '/a');
    expect(reply.status).toBe(status);
    expect(reply.headers).toMatchObject(headers);
    await until(() => server.transfers.length === 1);
  });

  it('every refusal has the same bytes', async () => {
    const server = await serve(() => ({ kind: 'not_found' }));
    const replies = await Promise.all(
      ['/001565aabbcc.cfg', '/', '/.git/config', '/metrics', '/firmware/'].map((path) => ask(server, path)),
    );
    const seen = new Set(
      replies.map((reply) => JSON.stringify([reply.status, reply.body, { ...reply.headers, date: '' }])),
    );
    expect(seen.size).toBe(1);
  });

  it.each(['PUT', 'POST'])('a %s brings its body', async (method) => {
    const server = await serve(() => ({ kind: 'accepted' }));
    expect((await ask(server, '/logs/a.log', { method, body: 'line\n' })).status).toBe(200);
    expect(Buffer.from(server.requests[0]?.body ?? []).toString()).toBe('line\n');
  });

  it('an absolute target and HTTP/1.0 without Host are understood', async () => {
    const server = await serve(() => fileAnswer('x'));
    await talk(server, 'GET http://Other.example.com:80/a.cfg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await talk(server, 'GET /b.cfg HTTP/1.0\r\n\r\n');
    expect(server.requests).toMatchObject([
      { file: 'a.cfg', host: 'other.example.com' },
      { file: 'b.cfg', host: 'prov.example.com' },
    ]);
  });
});

describe('a firmware file', () => {
  const file = Buffer.from(Array.from({ length: 10_000 }, (_, n) => n & 0x7f));

  it.each([
    ['bytes=0-9', 206, 0, 9],
    ['bytes=9990-', 206, 9990, 9999],
    ['bytes=-10', 206, 9990, 9999],
    ['bytes=5-999999', 206, 5, 9999],
    ['bytes=0-0,1-1', 200, 0, 9999],
    ['lines=1-2', 200, 0, 9999],
    ['bytes=9-5', 200, 0, 9999],
  ])('Range %s is %i', async (range, status, first, last) => {
    const server = await serve(() => storedAnswer(file));
    const reply = await ask(server, '/fw.rom', { headers: { Range: range } });
    expect(reply.status).toBe(status);
    expect(reply.body).toBe(file.subarray(first, last + 1).toString('latin1'));
    if (status === 206) expect(reply.headers['content-range']).toBe(`bytes ${String(first)}-${String(last)}/10000`);
  });

  it('P6: a range beyond the end is 416, a thousand ranges are the whole file', async () => {
    const server = await serve(() => storedAnswer(file));
    const beyond = await ask(server, '/fw.rom', { headers: { Range: 'bytes=9999999999-' } });
    expect(beyond).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */10000' } });
    const many = Array.from({ length: 1000 }, (_, n) => `${String(n)}-${String(n)}`).join(',');
    expect((await ask(server, '/fw.rom', { headers: { Range: `bytes=${many}` } })).status).toBe(200);
  });

  it('P6: an If-None-Match of a megabyte is 431', async () => {
    const server = await serve(() => storedAnswer(file));
    expect(
      (
        await ask(server, '/fw.rom', { headers: { 'If-None-Match': 'x'.repeat(1024 * 1024) } }).catch(() => ({
          status: 431,
        }))
      ).status,
    ).toBe(431);
    expect(server.requests).toEqual([]);
  });

  it('a range of another version is the whole file', async () => {
    const server = await serve(() => storedAnswer(file));
    const headers = { Range: 'bytes=0-9', 'If-Range': '"other"' };
    expect((await ask(server, '/fw.rom', { headers })).status).toBe(200);
    expect((await ask(server, '/fw.rom', { headers: { ...headers, 'If-Range': '"fw"' } })).status).toBe(206);
  });

  it('a phone that leaves in the middle is told as not completed', async () => {
    const server = await serve(() => storedAnswer(Buffer.alloc(50_000_000), 100_000));
    const socket = connect(server.port, '127.0.0.1', () => socket.write('GET /fw HTTP/1.1\r\nHost: a\r\n\r\n'));
    socket.once('data', () => socket.destroy());
    await until(() => server.transfers.length === 1);
    expect(server.transfers[0]?.completed).toBe(false);
    expect(server.transfers[0]?.bytes).toBeLessThan(50_000_000);
  });
});

describe('what is no honest request', () => {
  it.each([
    '/../../etc/passwd',
    '/%2e%2e/etc/passwd',
    '/..%2f..%2fetc/passwd',
    '/..%5c..%5cx',
    '/%252e%252e/x',
    '/%c0%ae%c0%ae/x',
    '/..\\..\\x',
    '/C:\\x',
    '/%00',
    '/a%00.cfg',
    '/a%0d%0ab',
    '/%',
    '/./x',
    `/${'x'.repeat(10_000)}`,
  ])('P1, P2: %s is refused before anybody is asked', async (path) => {
    const server = await serve(() => fileAnswer('secret'));
    const reply = await talk(server, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(reply).toMatch(/^HTTP\/1\.1 400 /);
    expect(server.requests).toEqual([]);
    expect(server.refusals).toHaveLength(1);
  });

  it.each([
    ['two Hosts', 'Host: a\r\nHost: b\r\n'],
    ['no Host', ''],
    ['a Host that is no name', 'Host: a/b\r\n'],
    ['two Authorizations (A5)', 'Host: a\r\nAuthorization: Basic eDp5\r\nauthorization: Basic eDp6\r\n'],
    ['length and chunks at once', 'Host: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n'],
    ['two lengths', 'Host: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n'],
  ])('%s: 400, and the connection ends', async (_name, headers) => {
    const server = await serve(() => fileAnswer('secret'));
    const reply = await talk(server, `GET /a HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`);
    expect(reply).toMatch(/^HTTP\/1\.1 400 /);
    expect(server.requests).toEqual([]);
  });

  it('E12: a User-Agent of 64 KB is 431, one with escapes is served, and no log line has a raw control character', async () => {
    const server = await serve(() => fileAnswer('x'));
    expect(await talk(server, `GET /a HTTP/1.1\r\nHost: a\r\nUser-Agent: ${'x'.repeat(65536)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
    expect(await talk(server, `GET /a HTTP/1.1\r\nHost: a\r\nUser-Agent: \u001b[31m\u0000\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 (400|200) /,
    );
    await talk(server, 'GET /\u001b[2J HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(JSON.stringify(server.lines)).not.toContain('\\u001b');
    expect(server.lines.map((line) => line.event)).toContain('door_refused');
  });

  it('other methods are 405 for every name', async () => {
    const server = await serve(() => fileAnswer('x'));
    for (const method of ['DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      expect((await ask(server, '/a', { method })).status).toBe(405);
    }
    expect(server.requests).toEqual([]);
  });

  it('a body beyond the bound is 413: announced, or found while it comes', async () => {
    const server = await serve(() => ({ kind: 'accepted' }), { maxUploadBytes: 1000 });
    const announced = 'PUT /a.log HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000000\r\n\r\n';
    expect(await talk(server, announced)).toMatch(/^HTTP\/1\.1 413 /);
    expect(await talk(server, announced.replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n'))).toMatch(
      /^HTTP\/1\.1 413 /,
    );
    const chunked = `PUT /a.log HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n800\r\n${'x'.repeat(2048)}\r\n0\r\n\r\n`;
    expect(await talk(server, chunked)).toMatch(/^HTTP\/1\.1 413 /);
    expect(server.requests).toEqual([]);
  });

  it('a body behind a GET is not taken for a request', async () => {
    const server = await serve(() => fileAnswer('x'));
    const smuggled = 'GET /b HTTP/1.1\r\nHost: a\r\n\r\n';
    await talk(server, `GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: ${String(smuggled.length)}\r\n\r\n${smuggled}`);
    expect(server.requests.map((request) => request.file)).toEqual(['a']);
  });

  it('C4: a connection that never finishes its headers is closed, and others are served meanwhile', async () => {
    const server = await serve(() => fileAnswer('x'), {
      limits: { headersTimeout: 100, connectionsCheckingInterval: 20 },
    });
    const halfOpen = Promise.all(Array.from({ length: 50 }, () => talk(server, 'GET /a HTT')));
    const silent = talk(server, '');
    expect((await ask(server, '/b')).status).toBe(200);
    await Promise.all([halfOpen, silent]);
    expect(server.requests).toHaveLength(1);
  });

  it('a use case that throws is 503, and the door lives on', async () => {
    const server = await serve((request) => {
      if (request.file === 'bad') throw new Error('our bug');
      return fileAnswer('x');
    });
    expect((await ask(server, '/bad')).status).toBe(503);
    expect((await ask(server, '/good')).status).toBe(200);
    expect(server.lines.map((line) => line.event)).toContain('http_request_failed');
  });
});

describe('the address', () => {
  const asking = {
    headers: { 'X-Forwarded-For': '203.0.113.9, 192.0.2.7', Forwarded: 'for=203.0.113.9', 'X-Real-IP': '203.0.113.9' },
  };

  it('E9: what a peer says of itself is ignored', async () => {
    const server = await serve(() => fileAnswer('x'));
    await ask(server, '/a', asking);
    expect(server.requests[0]?.address).toBe('127.0.0.1');
  });

  it('behind a trusted proxy it is the last that no trusted proxy wrote', async () => {
    const server = await serve(() => fileAnswer('x'), { trustedProxies: ['127.0.0.0/8', '192.0.2.7/32'] });
    await ask(server, '/a', asking);
    await ask(server, '/a', { headers: { 'X-Forwarded-For': 'forged, 198.51.100.4' } });
    await ask(server, '/a', { headers: { 'X-Forwarded-For': 'nonsense' } });
    expect(server.requests.map((request) => request.address)).toEqual(['203.0.113.9', '198.51.100.4', '127.0.0.1']);
  });
});

describe('the door', () => {
  it('says why its port cannot be bound', async () => {
    const server = await serve(() => fileAnswer('x'));
    const second = startHttpDoor({ ...doorOptions('legacy'), port: server.port }, server.serveFile, collectLog().log);
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('lets a running answer end when it is closed', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const server = await serve(
      async () => {
        await released;
        return fileAnswer('x');
      },
      { closeGraceMilliseconds: 5000 },
    );
    const asked = ask(server, '/a', { headers: { Connection: 'close' } });
    await until(() => server.requests.length === 1);
    const closed = server.door.close();
    opened.length = 0;
    release();
    expect((await asked).body).toBe('x');
    await closed;
  });
});
