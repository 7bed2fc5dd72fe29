import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

/** One answer, taken apart. */
export interface HttpAnswer {
  readonly status: number;
  /** Status line and header fields. */
  readonly head: string;
  readonly body: Buffer;
}

const HEAD_END = '\r\n\r\n';

/** A request as a phone writes it. It ends its connection unless `keep` says that another one follows. */
export const requestText = (
  path: string,
  { userAgent, authorization, keep = false }: { userAgent?: string; authorization?: string; keep?: boolean } = {},
): string =>
  [
    `GET ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    ...(userAgent === undefined ? [] : [`User-Agent: ${userAgent}`]),
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
    ...(keep ? [] : ['Connection: close']),
    HEAD_END.slice(2),
  ].join('\r\n');

/** An answer whose last byte has come; undefined before. */
function readAnswer(bytes: Buffer, ended: boolean): HttpAnswer | undefined {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const body = bytes.subarray(end + HEAD_END.length);
  const length = /\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (!ended && (length === undefined || body.length < Number(length))) return undefined;
  return { status: Number(head.slice(9, 12)), head, body };
}

/** Sends one request and waits for the end of its answer: the end of the connection, or where `keep`, its length. */
export function ask(socket: Socket, request: string, keep: boolean): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const settle = (ended: boolean): void => {
      const answer = readAnswer(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks), ended);
      if (answer === undefined && !ended) return;
      socket.off('data', onData).off('error', reject).off('close', onClose);
      if (answer === undefined) reject(new Error('the connection ended before the answer'));
      else resolve(answer);
    };
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk);
      if (keep) settle(false);
    };
    const onClose = (): void => {
      settle(true);
    };
    socket.on('data', onData).on('error', reject).on('close', onClose);
    socket.write(request);
  });
}

/** One request on a new connection that ends with it, as phones do. */
export const askOnce = (port: number, request: string): Promise<HttpAnswer> =>
  ask(connect({ port, host: '127.0.0.1', noDelay: true }), request, false);

/** The same within TLS, with a full handshake: no session is brought along. */
export const askOnceTls = (port: number, request: string, options: ConnectionOptions): Promise<HttpAnswer> =>
  ask(connectTls({ ...options, port, host: '127.0.0.1', rejectUnauthorized: false }), request, false);
