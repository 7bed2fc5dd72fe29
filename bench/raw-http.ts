import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

/** How the yardstick is to answer. */
export interface RawHttp {
  /** Bytes of the answer's body. */
  readonly size: number;
  /** What it asks for credentials with; whoever shows any is served, right or wrong. Left out: it asks nobody. */
  readonly challenges?: readonly string[];
  /** Left out: plain HTTP. */
  readonly tls?: Pick<ServerOptions, 'requestCert' | 'rejectUnauthorized'> & {
    readonly key: readonly string[];
    readonly cert: readonly string[];
    readonly ca: readonly string[];
  };
}

export interface RawReady {
  readonly port: number;
}

// The yardstick R: bare node:http, or node:https, that sends a Buffer of the same size as the answer under test.
// `as`: what our own parent process wrote.
const { size, challenges, tls } = JSON.parse(process.argv[2] ?? '{}') as RawHttp;
const body = Buffer.alloc(size, 'x');

const answer: RequestListener = (request, response) => {
  if (challenges !== undefined && request.headers.authorization === undefined) {
    response.writeHead(401, {
      'Content-Type': 'text/plain',
      'Content-Length': 13,
      'WWW-Authenticate': [...challenges],
    });
    response.end('Unauthorized\n');
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': body.length, Connection: 'close' });
  response.end(body);
};
const server =
  tls === undefined
    ? createServer(answer)
    : createHttpsServer({ ...tls, key: [...tls.key], cert: [...tls.cert], ca: [...tls.ca] }, answer);
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => {
  // `as`: typed as it is for pipes too.
  process.send?.({ port: (server.address() as AddressInfo).port } satisfies RawReady);
});
process.once('SIGTERM', () => process.exit(0));
