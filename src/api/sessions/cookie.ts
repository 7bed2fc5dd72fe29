import type { FastifyRequest } from 'fastify';

const NAME = 'offhook_session';

/** The session's token among the cookies (RFC 6265 §5.4). */
export function sessionCookie(request: FastifyRequest): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${NAME}=`))?.slice(NAME.length + 1);
}

const attributes = (request: FastifyRequest): string =>
  `Path=/; HttpOnly; SameSite=Strict${request.protocol === 'https' ? '; Secure' : ''}`;

export const setCookie = (request: FastifyRequest, token: string): string => `${NAME}=${token}; ${attributes(request)}`;

export const clearCookie = (request: FastifyRequest): string => `${NAME}=; Max-Age=0; ${attributes(request)}`;

/** A page of another site may send a cookie along, but it cannot hide where it is (Fetch Metadata, and Origin of RFC 6454). */
export function isFromElsewhere(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (typeof site === 'string') return site !== 'same-origin' && site !== 'none';
  const { origin } = request.headers;
  return origin !== undefined && !URL.canParse(origin)
    ? true
    : origin !== undefined && new URL(origin).host !== request.host;
}
