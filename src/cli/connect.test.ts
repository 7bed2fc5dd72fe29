import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSocketServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { err, ok } from '../domain/result.ts';
import { connect, connectBySocket, connectByUrl, somebodyListens } from './connect.ts';
import { CommandFailed } from './failure.ts';
import type { ApiConnection, CliWorld } from './world.ts';

let folder = '';
const servers: Server[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-cli-'));
});

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

/** Answers with what it was asked. */
async function echo(where: string | number): Promise<Server> {
  const server = createServer((request: IncomingMessage, response) => {
    void text(request).then((body) => {
      const { method, url, headers } = request;
      response.setHeader('content-type', 'application/json').writeHead(201);
      response.end(
        JSON.stringify({ method, url, body, type: headers['content-type'], authorization: headers.authorization }),
      );
    });
  });
  await new Promise<void>((resolve) =>
    typeof where === 'string' ? server.listen(where, resolve) : server.listen(where, '127.0.0.1', resolve),
  );
  servers.push(server);
  return server;
}

const here: ApiConnection = {
  request: () => Promise.resolve({ status: 200, headers: {}, body: new Uint8Array() }),
  close: () => Promise.resolve(),
};

function worldAt(controlSocket: string, env: CliWorld['env'] = {}): CliWorld {
  const unused = (): never => {
    throw new Error('not used here');
  };
  return {
    env,
    version: '1',
    stdout: unused,
    stderr: unused,
    readFile: unused,
    openFile: unused,
    writeFile: unused,
    fillFile: unused,
    readSecret: unused,
    identify: unused,
    simulate: unused,
    findInstallation: () =>
      ok({
        controlSocket,
        phoneDoors: { host: 'prov.example.com' },
        connect: () => Promise.resolve(ok(here)),
        serve: unused,
        migrate: () => Promise.resolve(err('')),
        rekey: () => Promise.resolve(err('')),
        restore: unused,
      }),
  };
}

const failureOf = (work: Promise<unknown>): Promise<CommandFailed> =>
  work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => {
      if (error instanceof CommandFailed) return error;
      throw error;
    },
  );

const spoken = (body: Uint8Array): unknown => JSON.parse(Buffer.from(body).toString());

test('a request over the control socket arrives with method, query, body and type, and needs no login', async () => {
  const socket = join(folder, 'control.sock');
  await echo(socket);
  const answer = await connectBySocket(socket).request('POST', '/api/v1/apply', {
    query: { dryRun: 'true' },
    body: 'tenants: []',
    contentType: 'application/yaml',
  });
  expect(answer.status).toBe(201);
  expect(answer.headers['content-type']).toBe('application/json');
  expect(spoken(answer.body)).toEqual({
    method: 'POST',
    url: '/api/v1/apply?dryRun=true',
    body: 'tenants: []',
    type: 'application/yaml',
  });
});

test('a stream is sent to its end', async () => {
  const socket = join(folder, 'control.sock');
  await echo(socket);
  const answer = await connectBySocket(socket).request('PUT', '/f', {
    body: Readable.from([Buffer.from('firm'), Buffer.from('ware')]),
  });
  expect(spoken(answer.body)).toMatchObject({ body: 'firmware' });
});

test('a server elsewhere gets the token', async () => {
  const server = await echo(0);
  // `as`: a TCP server's address is never text.
  const { port } = server.address() as AddressInfo;
  const answer = await connectByUrl(`http://127.0.0.1:${port}`, 'secret-token', undefined).request(
    'GET',
    '/api/v1/tenants',
  );
  expect(spoken(answer.body)).toMatchObject({ authorization: 'Bearer secret-token' });
});

test('--server comes first, then the socket where somebody listens, then this process', async () => {
  const socket = join(folder, 'control.sock');
  expect(await connect(worldAt(socket), {})).toBe(here);
  await echo(socket);
  expect(await connect(worldAt(socket), {})).not.toBe(here);
  const elsewhere = await connect(worldAt(socket, { OFFHOOK_TOKEN: 't' }), { server: 'http://127.0.0.1:1' });
  const failure = await failureOf(elsewhere.request('GET', '/'));
  expect([failure.exitCode, failure.message]).toEqual([4, 'cannot reach http://127.0.0.1:1: nobody listens there']);
});

test('the socket file of a server that died counts as nobody', async () => {
  const socket = join(folder, 'control.sock');
  await writeFile(socket, '');
  expect(await somebodyListens(socket)).toBe(false);
  expect(await connect(worldAt(socket), {})).toBe(here);
});

test('a server without a token, over plain HTTP far away, or with a path is a wrong command line', async () => {
  const world = worldAt(join(folder, 'control.sock'));
  expect((await failureOf(connect(world, { server: 'https://prov.example.com' }))).exitCode).toBe(2);
  for (const server of [
    'http://prov.example.com',
    'https://a:b@prov.example.com',
    'https://prov.example.com/api',
    'prov.example.com',
    'ftp://x',
  ])
    expect((await failureOf(connect(world, { server, token: 't' }))).exitCode).toBe(2);
});

test('a message about a server that cannot be reached never holds the token', async () => {
  const failure = await failureOf(connectByUrl('https://127.0.0.1:1', 'secret-token', undefined).request('GET', '/'));
  expect(`${failure.message} ${String(failure.cause)}`).not.toContain('secret-token');
});

test('a server that hangs up in the middle is no answer', async () => {
  const socket = join(folder, 'control.sock');
  const broken = createSocketServer((peer) => peer.destroy());
  await new Promise<void>((resolve) => broken.listen(socket, resolve));
  expect((await failureOf(connectBySocket(socket).request('GET', '/'))).exitCode).toBe(4);
  await new Promise((resolve) => broken.close(resolve));
});
