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
function authorizationFor(phone: PhoneAccess, { realm, nonce }: Nonce, uses: number): string {
  const [{ user, password }, path] = [phone, pathOf(phone)];
  const [count, own] = [uses.toString(16).padStart(8, '0'), randomBytes(8).toString('hex')];
  const hash = [md5(`${user}:${realm}:${password}`), nonce, count, own, 'auth', md5(`GET:${path}`)].join(':');
  return `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${path}", algorithm=MD5, qop=auth, nc=${count}, cnonce="${own}", response="${md5(hash)}"`;
}

const requestFor = (phone: PhoneAccess, how: { authorization?: string; keep?: boolean } = {}): string =>
  requestText(pathOf(phone), { userAgent: userAgentOf(phone), ...how });

/** What the door asks this phone for, a challenge each. */
export async function challengesFor(port: number, phone: PhoneAccess): Promise<readonly string[]> {
  const { head } = await askOnce(port, requestFor(phone));
  return Array.from(head.matchAll(/^www-authenticate: (.*)$/gim), ([, challenge = '']) => challenge.trim());
}

/** A phone that sends its own user and password at once. */
export async function fetchWithBasic(port: number, phone: PhoneAccess): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${phone.user}:${phone.password}`).toString('base64')}`;
  return requireOwn(phone, await askOnce(port, requestFor(phone, { authorization })));
}

/** A phone that asks, is challenged, and asks again on the same connection with the nonce that it was given. */
export async function fetchChallenged(port: number, phone: PhoneAccess): Promise<HttpAnswer> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const nonce = nonceOf(await ask(socket, requestFor(phone, { keep: true }), true));
  return ask(socket, requestFor(phone, { authorization: authorizationFor(phone, nonce, 1) }), false);
}

/** Phones that were challenged when they fetched the file before, each of which goes on with its nonce (RFC 7616 §3.4, nc). */
export class DigestPhones {
  readonly #known = new Map<string, { readonly nonce: Nonce; uses: number }>();

  async fetch(port: number, phone: PhoneAccess): Promise<number> {
    const known = this.#known.get(phone.mac);
    if (known === undefined) return this.#fetchAnew(port, phone);
    known.uses += 1;
    const authorization = authorizationFor(phone, known.nonce, known.uses);
    const answer = await askOnce(port, requestFor(phone, { authorization }));
    // The nonce has lived its time.
    return answer.status === 401 ? this.#fetchAnew(port, phone) : requireOwn(phone, answer);
  }

  async #fetchAnew(port: number, phone: PhoneAccess): Promise<number> {
    const nonce = nonceOf(await askOnce(port, requestFor(phone)));
    this.#known.set(phone.mac, { nonce, uses: 1 });
    const authorization = authorizationFor(phone, nonce, 1);
    return requireOwn(phone, await askOnce(port, requestFor(phone, { authorization })));
  }
}
