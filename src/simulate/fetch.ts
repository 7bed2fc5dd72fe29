import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { given } from '../domain/fields.ts';
import { fetchTftp } from './tftp-client.ts';

/** What a phone has in its flash for fetching: whom it trusts, its factory certificate, its credentials. */
export interface Flash {
  readonly userAgent?: string;
  /** CA certificates in PEM that the phone trusts; without, the well-known ones. */
  readonly trusts?: string;
  /** The phone does not check whom it talks to. */
  readonly ignoresCertificate?: true;
  readonly certificate?: { readonly key: string; readonly cert: string };
  readonly credentials?: { readonly user: string; readonly password: string };
}

export interface Fetched {
  /** HTTP status; TFTP gives 200 or 404. */
  readonly status: number;
  readonly text: string;
  readonly etag?: string;
}

const TIMEOUT_MILLISECONDS = 10_000;

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

interface Answer extends Fetched {
  readonly location?: string;
  readonly challenges: readonly string[];
}

const challengesIn = ({ rawHeaders }: IncomingMessage): readonly string[] =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'www-authenticate');

async function toAnswer(message: IncomingMessage): Promise<Answer> {
  const { etag, location } = message.headers;
  return {
    status: message.statusCode ?? 0,
    text: await bodyOf(message),
    ...given({ etag, location }),
    challenges: challengesIn(message),
  };
}

/** One request on a new connection, as phones make it. */
function once(url: URL, flash: Flash, headers: Readonly<Record<string, string>>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      timeout: TIMEOUT_MILLISECONDS,
      agent: false as const,
      headers: { ...given({ 'User-Agent': flash.userAgent }), Connection: 'close', ...headers },
    };
    const tls = {
      ...given({ ca: flash.trusts }),
      ...flash.certificate,
      rejectUnauthorized: flash.ignoresCertificate !== true,
    };
    const receive = (message: IncomingMessage): void => {
      toAnswer(message).then(resolve, reject);
    };
    const sent =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, ...tls }, receive)
        : httpRequest(url, options, receive);
    sent.on('timeout', () => sent.destroy(new Error(`no answer from ${url.host} within ten seconds`)));
    sent.on('error', reject);
    sent.end();
  });
}

/** Answers a challenge as phones do: Digest with the first algorithm offered that is known (RFC 7616 §3.7), else Basic. */
export function answerChallenge(
  challenges: readonly string[],
  url: URL,
  { user, password }: { readonly user: string; readonly password: string },
): string | undefined {
  const digest = challenges.find((challenge) => /^digest\s/i.test(challenge));
  if (digest === undefined)
    return challenges.some((challenge) => /^basic/i.test(challenge))
      ? `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
      : undefined;
  const field = (name: string): string => new RegExp(`${name}="?([^",]+)`, 'i').exec(digest)?.[1] ?? '';
  const algorithm = field('algorithm') === '' ? 'MD5' : field('algorithm');
  const hash = (text: string): string =>
    createHash(algorithm.toUpperCase() === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  const cnonce = randomBytes(8).toString('hex');
  const uri = `${url.pathname}${url.search}`;
  const response = hash(
    `${hash(`${user}:${field('realm')}:${password}`)}:${field('nonce')}:00000001:${cnonce}:auth:${hash(`GET:${uri}`)}`,
  );
  return `Digest username="${user}", realm="${field('realm')}", nonce="${field('nonce')}", uri="${uri}", response="${response}", algorithm=${algorithm}, qop=auth, nc=00000001, cnonce="${cnonce}"`;
}

async function fetchHttp(url: URL, flash: Flash, etag: string | undefined, hops = 0): Promise<Fetched> {
  const headers = etag === undefined ? {} : { 'If-None-Match': etag };
  const first = await once(url, flash, headers);
  const authorization =
    first.status === 401 && flash.credentials !== undefined
      ? answerChallenge(first.challenges, url, flash.credentials)
      : undefined;
  const answer =
    authorization === undefined ? first : await once(url, flash, { ...headers, Authorization: authorization });
  // A maker's redirect service answers with a redirect; phones follow it (S2.19), a few steps at most.
  if (answer.location !== undefined && [301, 302, 303, 307, 308].includes(answer.status) && hops < 5)
    return fetchHttp(new URL(answer.location, url), flash, etag, hops + 1);
  return answer;
}

/** Fetches one file as a phone does: TFTP, HTTP or HTTPS by the scheme, answering a challenge and following a redirect. */
export async function fetchFile(url: URL, flash: Flash, etag?: string): Promise<Fetched> {
  if (url.protocol !== 'tftp:') return fetchHttp(url, flash, etag);
  const bytes = await fetchTftp(
    url.hostname,
    url.port === '' ? 69 : Number(url.port),
    decodeURIComponent(url.pathname),
  );
  return bytes === undefined ? { status: 404, text: '' } : { status: 200, text: bytes.toString('utf8') };
}
