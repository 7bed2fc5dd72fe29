import type { IncomingMessage } from 'node:http';
import { isInAny } from '../domain/trust/network.ts';
import type { ApiDeps } from './deps.ts';

/** As proxies make them: a UUID, a number in hexadecimal. What looks otherwise could break a line of the log. */
const LOOKS_LIKE_AN_ID = /^[A-Za-z0-9._-]{8,64}$/;

/** The id by which a request is found in the log: a trusted proxy's, so that its log and ours can be laid together, else a new one. */
export const requestId =
  ({ crypto, trustedProxies = [] }: Pick<ApiDeps, 'crypto' | 'trustedProxies'>) =>
  ({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): string => {
    const given = headers['x-request-id'];
    const isTrusted = typeof given === 'string' && isInAny(socket.remoteAddress ?? '', trustedProxies);
    return isTrusted && LOOKS_LIKE_AN_ID.test(given) ? given : crypto.id();
  };
