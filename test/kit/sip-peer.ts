import { createHash } from 'node:crypto';
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';

/** One request as it came, read without the product's own parser. */
export interface Heard {
  readonly startLine: string;
  /** Names as they were written. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  header(name: string): string | undefined;
}

/** Status line and further headers of an answer; the rest is taken from the request. undefined: silence. */
export type Reply = (heard: Heard, count: number) => string | undefined;

export interface SipPeer {
  readonly port: number;
  readonly heard: readonly Heard[];
  readonly close: () => Promise<void>;
}

function hear(text: string): Heard {
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s);
  const [startLine = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), line.slice(colon + 2)] as const;
  });
  return { startLine, headers, body, header: (name) => headers.find(([known]) => known === name)?.[1] };
}

const ECHOED = ['Via', 'From', 'Call-ID', 'CSeq'];

function answer(heard: Heard, reply: string): string {
  const echoed = ECHOED.map((name) => `${name}: ${heard.header(name) ?? ''}`);
  return [`SIP/2.0 ${reply}`, ...echoed, `To: ${heard.header('To') ?? ''};tag=phone`, 'Content-Length: 0', '', ''].join(
    '\r\n',
  );
}

/** A phone or proxy on loopback that notes what it is told and answers as the test says. */
export async function startSipPeer(reply: Reply): Promise<SipPeer> {
  const socket = createSocket('udp4');
  const heard: Heard[] = [];
  socket.on('message', (bytes: Buffer, { port, address }: RemoteInfo) => {
    const request = hear(bytes.toString('utf8'));
    heard.push(request);
    const said = reply(request, heard.length);
    if (said !== undefined) socket.send(answer(request, said), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    heard,
    close: async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

/** `name=value` pairs of an Authorization header. */
export function digestFields(header: string | undefined): ReadonlyMap<string, string> {
  const pairs = Array.from((header ?? '').matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g));
  return new Map(pairs.map(([, name = '', quoted, bare]) => [name, quoted ?? bare ?? '']));
}

/** Whether the answer was made with this password, as RFC 7616 §3.4.1 and RFC 2069 §2.1.2 say, for the `uri` that it states. */
export function isRightDigest(header: string | undefined, password: string, method = 'NOTIFY'): boolean {
  const fields = digestFields(header);
  const field = (name: string): string => fields.get(name) ?? '';
  const algorithm = { MD5: 'md5', 'SHA-256': 'sha256' }[fields.get('algorithm') ?? 'MD5'] ?? '';
  const hash = (...parts: readonly string[]): string => createHash(algorithm).update(parts.join(':')).digest('hex');
  const ha1 = hash(field('username'), field('realm'), password);
  const ha2 = hash(method, field('uri'));
  const middle = fields.has('qop') ? [field('nonce'), field('nc'), field('cnonce'), field('qop')] : [field('nonce')];
  return hash(ha1, ...middle, ha2) === field('response');
}
