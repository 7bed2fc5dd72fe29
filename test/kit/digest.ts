import { createHash } from 'node:crypto';
import type { Answer } from './product.ts';

/** What a client answers a challenge with. */
export interface Digest {
  readonly nonce: string;
  readonly uri: string;
  readonly user: string;
  readonly password: string;
  readonly count: string;
  /** SHA-256 when absent; what is no algorithm of ours is hashed as MD5. */
  readonly algorithm?: string;
  /** `auth` when absent; `none` leaves it out, as RFC 2069 clients do. */
  readonly qop?: string;
}

/** The Authorization header of RFC 7616 §3.4, written out once more so that the server is not checked against itself. */
export function digest({ nonce, uri, user, password, count, algorithm = 'SHA-256', qop = 'auth' }: Digest): string {
  const hash = (text: string): string =>
    createHash(algorithm.startsWith('SHA-256') ? 'sha256' : 'md5')
      .update(text)
      .digest('hex');
  const secret = hash(`${user}:offhook:${password}`);
  const counted = qop === 'none' ? '' : `${count}:c0ffee:${qop}:`;
  const response = hash(`${secret}:${nonce}:${counted}${hash(`GET:${uri}`)}`);
  const more = qop === 'none' ? '' : `, qop=${qop}, nc=${count}, cnonce="c0ffee"`;
  return `Digest username="${user}", realm="offhook", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=${algorithm}${more}`;
}

/** Of the first challenge. */
export const nonceOf = (answer: Answer): string =>
  /nonce="([^"]+)"/.exec(answer.headers['www-authenticate'] ?? '')?.[1] ?? '';
