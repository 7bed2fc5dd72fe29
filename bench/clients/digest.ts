import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { PhoneAccess } from '../secrets.ts';
import { ask, askOnce, requestText, type HttpAnswer } from './http.ts';
import { requireOwn, userAgentOf } from './phone.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

const pathOf = ({ mac }: PhoneAccess): string => `/tftpboot/${mac}.cfg`;

interface Nonce {
  readonly realm: string;
  readonly nonce: string;
}

/** What a 401 asks for with MD5, which is what most phones know. */
function nonceOf({ status, head }: HttpAnswer): Nonce {
  const [, realm, nonce] =
    /www-authenticate: Digest realm="([^"]*)"[^\r]*algorithm=MD5[^\r]* nonce="([^"]*)"/i.exec(head) ?? [];
  if (status !== 401 || realm === undefined || nonce === undefined)
    throw new Error(`no challenge but status ${status}`);
  return { realm, nonce };
}

/** RFC 7616 §3.4; `uses` is how often the nonce is used now. */
function authorizationFor(
  { user, password }: PhoneAccess,
  path: string,
  { realm, nonce }: Nonce,
  uses: number,
): string {
  const [count, own] = [uses.toString(16).padStart(8, '0'), randomBytes(8).toString('hex')];
  const hash = [md5(`${user}:${realm}:${password}`), nonce, count, own, 'auth', md5(`GET:${path}`)].join(':');
  return `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${path}", algorithm=MD5, qop=auth, nc=${count}, cnonce="${own}", response="${md5(hash)}"`;
}

/** A phone that sends its own user and password at once. */
export async function fetchWithBasic(port: number, phone: PhoneAccess): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${phone.user}:${phone.password}`).toString('base64')}`;
  const request = requestText(pathOf(phone), { userAgent: userAgentOf(phone), authorization });
  return requireOwn(phone, await askOnce(port, request));
}

/** A phone that asks, is challenged, and asks again with the nonce that it was given: on the same connection, or a second one. */
export async function fetchChallenged(port: number, phone: PhoneAccess, keep: boolean): Promise<HttpAnswer> {
  const [path, userAgent] = [pathOf(phone), userAgentOf(phone)];
  const first = requestText(path, { userAgent, keep });
  const answered = (challenge: HttpAnswer): string =>
    requestText(path, { userAgent, authorization: authorizationFor(phone, path, nonceOf(challenge), 1) });
  if (!keep) return askOnce(port, answered(await askOnce(port, first)));
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  return ask(socket, answered(await ask(socket, first, true)), false);
}

/** Phones that were challenged when they fetched the file before, each of which goes on with its nonce (RFC 7616 §3.4, nc). */
export class DigestPhones {
  readonly #known = new Map<string, { readonly nonce: Nonce; uses: number }>();

  async fetch(port: number, phone: PhoneAccess): Promise<number> {
    const known = this.#known.get(phone.mac);
    if (known === undefined) return this.#fetchAnew(port, phone);
    known.uses += 1;
    const answer = await this.#ask(port, phone, known.nonce, known.uses);
    // The nonce has lived its time.
    return answer.status === 401 ? this.#fetchAnew(port, phone) : requireOwn(phone, answer);
  }

  async #fetchAnew(port: number, phone: PhoneAccess): Promise<number> {
    const nonce = nonceOf(await askOnce(port, requestText(pathOf(phone), { userAgent: userAgentOf(phone) })));
    this.#known.set(phone.mac, { nonce, uses: 1 });
    return requireOwn(phone, await this.#ask(port, phone, nonce, 1));
  }

  #ask(port: number, phone: PhoneAccess, nonce: Nonce, uses: number): Promise<HttpAnswer> {
    const path = pathOf(phone);
    const authorization = authorizationFor(phone, path, nonce, uses);
    return askOnce(port, requestText(path, { userAgent: userAgentOf(phone), authorization }));
  }
}
