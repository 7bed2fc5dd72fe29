import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { PhoneAccess } from '../secrets.ts';
import { ask, askOnce, requestText, type HttpAnswer } from './http.ts';
import { requireOwn, userAgentOf } from './phone.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

const pathOf = ({ mac }: PhoneAccess): string => `/tftpboot/${mac}.cfg`;

/** RFC 7616 §3.4 with MD5, which is what most phones know. */
function authorizationFor({ user, password }: PhoneAccess, path: string, { status, head }: HttpAnswer): string {
  const challenge = /www-authenticate: (Digest [^\r]*algorithm=MD5[^\r]*)/i.exec(head)?.[1] ?? '';
  const field = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  if (status !== 401 || challenge === '') throw new Error(`no challenge but status ${status}`);
  const [realm, nonce, count, own] = [field('realm'), field('nonce'), '00000001', randomBytes(8).toString('hex')];
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
export async function fetchWithDigest(port: number, phone: PhoneAccess, keep: boolean): Promise<number> {
  const [path, userAgent] = [pathOf(phone), userAgentOf(phone)];
  const first = requestText(path, { userAgent, keep });
  const answered = (challenge: HttpAnswer): string =>
    requestText(path, { userAgent, authorization: authorizationFor(phone, path, challenge) });
  if (!keep) return requireOwn(phone, await askOnce(port, answered(await askOnce(port, first))));
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const challenge = await ask(socket, first, true);
  return requireOwn(phone, await ask(socket, answered(challenge), false));
}
