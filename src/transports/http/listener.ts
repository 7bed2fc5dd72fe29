import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { Socket, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Log } from '../../app/ports.ts';
import type { ServeFile } from '../../app/serve/outcome.ts';
import type { ClientCertificate } from '../../domain/recognise/clue.ts';
import { refusalNotes, type Door, type DoorOptions } from '../door.ts';
import { inNetworks } from '../networks.ts';
import { expectProxyHeaders, socketPeer, type PeerOf } from '../proxy/proxied-server.ts';
import { answer, answerText, rawAnswer } from './answer.ts';
import { announcesTooMuch, readBody, type BodyRead } from './body.ts';
import { clientOf, type Client, type ForwardedHeader } from './client-address.ts';
import { toPhoneRequest } from './phone-request.ts';

export interface HttpDoorOptions extends DoorOptions {
  /** Networks of proxies whose word on the client's address counts. */
  readonly trustedProxies?: readonly string[];
  /** The header of theirs that counts; X-Forwarded-For where it is left out. */
  readonly forwardedHeader?: ForwardedHeader;
  /** Connections of trusted proxies begin with a PROXY header. */
  readonly proxyProtocol?: boolean;
  readonly maxUploadBytes?: number;
  readonly maxUploadsAtOnce?: number;
  readonly maxConnections?: number;
  /** How long running requests may go on after `close`. */
  readonly closeGraceMilliseconds?: number;
  /** Overrides of the times below, for tests. */
  readonly limits?: Partial<Record<keyof typeof HTTP_LIMITS, number>>;
}

/** Bounds of Node's server. Half-open and slow connections end within thirty seconds, also where the machine is busy (C4); phones come back seldom, so none is kept long. */
export const HTTP_LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
} as const satisfies ServerOptions;

const MAX_UPLOAD_BYTES = 1024 * 1024;
// Bodies are held in memory until somebody has decided on them: this many at a time, of `maxUploadBytes` each.
const MAX_UPLOADS_AT_ONCE = 32;
const MAX_CONNECTIONS = 10_000;
const CLOSE_GRACE_MILLISECONDS = 5_000;
const BUSY_RETRY_SECONDS = '30';

/** Everything that answers requests of one door, whichever server the connections come from. */
export interface Answering {
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  readonly onExpectation: (request: IncomingMessage, response: ServerResponse) => void;
  readonly onClientError: (failure: Error, socket: Duplex) => void;
}

/** What a door knows of a connection beside its bytes. */
export interface ConnectionSide {
  readonly peerOf: PeerOf;
  /** Of a TLS door only. */
  readonly certificateOf?: (socket: Socket) => ClientCertificate | undefined;
}

const STATUS_OF_ERROR: Readonly<Record<string, 400 | 408 | 413 | 431>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const errorCode = (failure: Error): string =>
  'code' in failure && typeof failure.code === 'string' ? failure.code : '';

const hasBody = (request: IncomingMessage): boolean =>
  request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;

class HttpAnswering implements Answering {
  readonly #options: HttpDoorOptions;
  readonly #serveFile: ServeFile;
  readonly #log: Log;
  readonly #side: ConnectionSide;
  readonly #maxUploadBytes: number;
  readonly #clientOf: ReturnType<typeof clientOf>;
  readonly #refused: (address: string, reason: string) => void;
  #uploads = 0;

  constructor(options: HttpDoorOptions, serveFile: ServeFile, log: Log, side: ConnectionSide) {
    this.#options = options;
    this.#serveFile = serveFile;
    this.#log = log;
    this.#side = side;
    this.#maxUploadBytes = options.maxUploadBytes ?? MAX_UPLOAD_BYTES;
    this.#clientOf = clientOf(options.trustedProxies ?? [], options.forwardedHeader ?? 'x-forwarded-for');
    this.#refused = refusalNotes(options, log);
  }

  readonly onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    this.#serve(request, response).catch((failure: unknown) => {
      this.#log.error('http_request_failed', { door: this.#options.door, failure });
      if (response.headersSent) response.destroy();
      else answerText(response, 503, ['Retry-After', BUSY_RETRY_SECONDS]);
    });
  };

  /** `Expect: 100-continue`: a body that is too large is refused before it is sent. */
  readonly onExpectation = (request: IncomingMessage, response: ServerResponse): void => {
    if (!announcesTooMuch(request, this.#maxUploadBytes)) response.writeContinue();
    this.onRequest(request, response);
  };

  /** Bytes that never became a request (RFC 9112 §2.2). Nothing of them is logged. */
  readonly onClientError = (failure: Error, socket: Duplex): void => {
    const code = errorCode(failure);
    // Typed as any stream; what a server's connection is made of is a socket, of TLS too.
    const address = socket instanceof Socket ? this.#side.peerOf(socket) : '';
    const status = STATUS_OF_ERROR[code] ?? (code.startsWith('HPE_') ? 400 : undefined);
    if (status !== undefined) this.#refused(address, `http_${String(status)}`);
    // What is no fault of HTTP is one of TLS; OpenSSL's codes are a fixed vocabulary.
    else if (code !== 'ECONNRESET') this.#refused(address, `connection_${code}`);
    if (status === undefined || !socket.writable) socket.destroy();
    else socket.end(rawAnswer(status), () => socket.destroy());
  };

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const { address, secure } = this.#askedBy(request);
    const isUpload = request.method === 'PUT' || request.method === 'POST';
    // A body that nobody reads must not be taken for the next request.
    if (!isUpload && hasBody(request)) response.shouldKeepAlive = false;
    const body = isUpload ? await this.#readUpload(request) : this.#unreadBody(request);
    if (body === 'too_large' || body === 'too_many' || body === 'broken_off') {
      this.#refuseUpload(response, address, body);
      return;
    }
    const phoneRequest = toPhoneRequest(request, {
      options: this.#options,
      secure: this.#side.certificateOf !== undefined || secure,
      address,
      certificate: this.#side.certificateOf?.(request.socket),
      body,
    });
    if (phoneRequest.ok) {
      answer(request, response, await this.#serveFile(phoneRequest.value), startedAt, this.#log);
      return;
    }
    this.#refused(address, phoneRequest.error.reason);
    if (phoneRequest.error.kind === 'bad_method') answerText(response, 405, ['Allow', 'GET, HEAD, PUT, POST']);
    else answerText(response, 400, ['Connection', 'close']);
  }

  #askedBy(request: IncomingMessage): Client {
    return this.#clientOf(this.#side.peerOf(request.socket), request.headers);
  }

  #unreadBody(request: IncomingMessage): 'too_large' | undefined {
    return announcesTooMuch(request, this.#maxUploadBytes) ? 'too_large' : undefined;
  }

  async #readUpload(request: IncomingMessage): Promise<BodyRead | 'too_many'> {
    if (this.#uploads >= (this.#options.maxUploadsAtOnce ?? MAX_UPLOADS_AT_ONCE)) return 'too_many';
    this.#uploads += 1;
    try {
      return await readBody(request, this.#maxUploadBytes);
    } finally {
      this.#uploads -= 1;
    }
  }

  #refuseUpload(response: ServerResponse, address: string, reason: 'too_large' | 'too_many' | 'broken_off'): void {
    this.#refused(address, `upload_${reason}`);
    if (reason === 'broken_off') return;
    // What is left of the body is not read: the connection ends with the answer.
    if (reason === 'too_large') answerText(response, 413, ['Connection', 'close']);
    else answerText(response, 503, ['Retry-After', BUSY_RETRY_SECONDS, 'Connection', 'close']);
  }
}

export const answerRequests = (
  options: HttpDoorOptions,
  serveFile: ServeFile,
  log: Log,
  side: ConnectionSide,
): Answering => new HttpAnswering(options, serveFile, log, side);

/** Who is at the other end of a server's connections; sets it up to be told by proxies where it is to be. */
export function peersOf(server: Server, options: HttpDoorOptions, log: Log): PeerOf {
  if (options.proxyProtocol !== true) return socketPeer;
  const isTrusted = inNetworks(options.trustedProxies ?? []);
  return expectProxyHeaders(server, { isTrusted, onRefused: refusalNotes(options, log) });
}

/** Sets a server up, binds it, and gives it the shape of a door. Rejects with the socket's own error. */
export async function openDoor(server: Server, options: HttpDoorOptions, answering: Answering): Promise<Door> {
  server.on('request', answering.onRequest);
  server.on('checkContinue', answering.onExpectation);
  server.on('clientError', answering.onClientError);
  server.maxConnections = options.maxConnections ?? MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port, backlog: 1024 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    address: () => {
      // Typed as it is for pipes too; a server bound to a port has an AddressInfo.
      const { address, port } = server.address() as AddressInfo;
      return { host: address, port };
    },
    close: () => closeServer(server, options.closeGraceMilliseconds ?? CLOSE_GRACE_MILLISECONDS),
  };
}

function closeServer(server: Server, graceMilliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.closeAllConnections();
    }, graceMilliseconds);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** Opens a plain HTTP door for phones: bootstrap or legacy. */
export function startHttpDoor(options: HttpDoorOptions, serveFile: ServeFile, log: Log): Promise<Door> {
  const server = createServer({ ...HTTP_LIMITS, ...options.limits });
  const peerOf = peersOf(server, options, log);
  return openDoor(server, options, answerRequests(options, serveFile, log, { peerOf }));
}
