import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as connectSocket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandFailed, EXIT, wrongUsage } from './failure.ts';
import { installationOf } from './installation.ts';
import { readInputText } from './read-input.ts';
import type { ApiAnswer, ApiConnection, ApiMethod, ApiRequest, CliWorld } from './world.ts';

/** What the options of a command say about where to ask. */
export interface ConnectOptions {
  readonly server?: string;
  readonly token?: string;
  readonly ca?: string;
  readonly config?: string;
}

/** A server that says nothing for so long is not there any more. */
const PATIENCE_MS = 120_000;

interface Route {
  /** How the place is called in a message; never with a token. */
  readonly name: string;
  readonly open: (options: { method: string; path: string; headers: Record<string, string> }) => ClientRequest;
}

function headersOf(response: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(response.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

async function sendBody(request: ClientRequest, body: ApiRequest['body']): Promise<void> {
  if (body instanceof Readable) await pipeline(body, request);
  else request.end(body);
}

async function exchange(request: ClientRequest, { body, into }: ApiRequest): Promise<ApiAnswer> {
  request.setTimeout(PATIENCE_MS, () => request.destroy(new Error('no answer in time')));
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
  // A server may refuse before it has read everything; then its answer counts, not the broken pipe.
  const sent = sendBody(request, body).catch((error: unknown) => error);
  const response = await answered;
  const { statusCode: status = 0 } = response;
  const chunks: Uint8Array[] = [];
  if (into !== undefined && status < 300) await pipeline(response, into);
  else for await (const chunk of response) chunks.push(chunk as Uint8Array); // `as`: the stream has no encoding, so Buffers
  await sent;
  return { status, headers: headersOf(response), body: Buffer.concat(chunks) };
}

function lengthOf(body: ApiRequest['body']): Record<string, string> {
  if (body === undefined || body instanceof Readable) return {};
  return { 'content-length': String(Buffer.byteLength(body)) };
}

/** Requests over HTTP, whatever carries it. A file that can't be read while it is sent counts as a failure of the command. */
const connectionOver = ({ name, open }: Route, headers: Record<string, string>): ApiConnection => ({
  request: async (method: ApiMethod, path: string, { query, body, contentType, into }: ApiRequest = {}) => {
    const search = query === undefined ? '' : new URLSearchParams(query).toString();
    try {
      const request = open({
        method,
        path: search === '' ? path : `${path}?${search}`,
        headers: {
          ...headers,
          accept: 'application/json',
          ...(contentType === undefined ? {} : { 'content-type': contentType }),
          ...lengthOf(body),
        },
      });
      return await exchange(request, {
        ...(body === undefined ? {} : { body }),
        ...(into === undefined ? {} : { into }),
      });
    } catch (cause) {
      throw new CommandFailed(EXIT.cannotConnect, `cannot reach ${name}: ${reasonOf(cause)}`, { cause });
    }
  },
  close: () => Promise.resolve(),
});

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name cannot be resolved',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'there is no way to it',
  EACCES: 'only the account that runs the server may use it',
  ECONNRESET: 'the connection was broken off',
  EPROTO: 'it does not speak TLS there',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an unknown authority; name that with --ca FILE',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an unknown authority; name that with --ca FILE',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed; name it with --ca FILE',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}

function reasonOf(cause: unknown): string {
  const known = REASONS[codeOf(cause) ?? ''];
  return known ?? (cause instanceof Error ? cause.message : String(cause));
}

/** The running server on this machine, at the socket in its data directory; whoever may open that needs no login. */
export const connectBySocket = (socketPath: string): ApiConnection =>
  connectionOver(
    {
      name: `the server at ${socketPath}`,
      open: (options) => httpRequest({ ...options, socketPath, host: 'localhost', agent: false }),
    },
    {},
  );

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

function readServer(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['https:', 'http:'].includes(url.protocol))
    throw wrongUsage('--server must be a URL such as https://prov.example.com:8080');
  if (url.username !== '' || url.password !== '')
    throw wrongUsage('--server takes no user and password; give a token with --token');
  if (url.pathname !== '/' || url.search !== '') throw wrongUsage('--server takes no path: only scheme, host and port');
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname))
    throw wrongUsage(`--server ${url.origin} would send the token readable for everybody on the way: use https://`);
  return url;
}

/** A server anywhere, with a token. `ca` in PEM is trusted in place of the public authorities. */
export function connectByUrl(server: string, token: string, ca: string | undefined): ApiConnection {
  const url = readServer(server);
  const trust = ca === undefined ? {} : { ca };
  return connectionOver(
    {
      name: url.origin,
      open: (options) =>
        url.protocol === 'http:'
          ? httpRequest(url, { ...options, agent: false })
          : httpsRequest(url, { ...options, ...trust, agent: false }),
    },
    { authorization: `Bearer ${token}` },
  );
}

/** Whether a server listens at this socket; a file that a dead server left behind counts as nobody. */
export const somebodyListens = (socketPath: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const socket = connectSocket(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => {
      const nobody = ['ENOENT', 'ECONNREFUSED', 'ENOTDIR', 'ENOTSOCK'].includes(codeOf(error) ?? '');
      if (nobody) resolve(false);
      else {
        const message = `cannot reach the server at ${socketPath}: ${reasonOf(error)}`;
        reject(new CommandFailed(EXIT.cannotConnect, message, { cause: error }));
      }
    });
  });

async function connectHere(world: CliWorld, config: string | undefined): Promise<ApiConnection> {
  const installation = installationOf({ world }, config);
  if (await somebodyListens(installation.controlSocket)) return connectBySocket(installation.controlSocket);
  const opened = await installation.connect();
  if (!opened.ok) throw new CommandFailed(EXIT.cannotConnect, opened.error);
  return opened.value;
}

/** The server that is named, else the one that runs on this machine, else this process with the store opened. */
export async function connect(world: CliWorld, options: ConnectOptions): Promise<ApiConnection> {
  const server = options.server ?? world.env.OFFHOOK_SERVER;
  if (server === undefined || server === '') return connectHere(world, options.config);
  const token = options.token ?? world.env.OFFHOOK_TOKEN;
  if (token === undefined || token === '')
    throw wrongUsage(`${server} wants a token: give it in the environment as OFFHOOK_TOKEN, or with --token`);
  const ca = options.ca === undefined ? undefined : await readInputText(world, options.ca);
  return connectByUrl(server, token, ca);
}
