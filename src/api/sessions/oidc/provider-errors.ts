import * as client from 'openid-client';

/** What the library calls an answer that is no answer: not our browser's fault, nor a forger's. */
const OUTAGES: ReadonlySet<string> = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
]);

/** RFC 6749 §5.2: the provider does not take us, whoever signs in. */
const NOT_US: ReadonlySet<string> = new Set(['invalid_client', 'unauthorized_client']);

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** An error word of the provider (RFC 6749 §4.1.2.1, §5.2), and nothing that could be anything else. */
const wordOf = (text: string): string => (/^[a-z_]{1,40}$/.test(text) ? text : 'an error');

/** What `fetch` throws when nothing answers, and the library when the metadata lack what it needs. */
const isUnusable = (error: unknown): boolean =>
  error instanceof TypeError && (error.message === 'fetch failed' || codeOf(error).startsWith('ERR_'));

/** Whether it came of asking the provider; anything else is a mistake of ours. */
export const isProviderError = (error: unknown): boolean =>
  error instanceof client.ClientError ||
  error instanceof client.ResponseBodyError ||
  error instanceof client.AuthorizationResponseError ||
  error instanceof client.WWWAuthenticateChallengeError ||
  isUnusable(error);

/** Whether the provider could not be asked, or does not take us at all, rather than said no to somebody. */
export function isOutage(error: unknown): boolean {
  if (error instanceof client.ResponseBodyError) return NOT_US.has(error.error) || error.status >= 500;
  if (error instanceof client.AuthorizationResponseError)
    return ['temporarily_unavailable', 'server_error'].includes(error.error);
  return error instanceof client.WWWAuthenticateChallengeError || isUnusable(error) || OUTAGES.has(codeOf(error));
}

const MAX_REASON = 200;

/** The innermost message that the library or the network wrote; never a parameter, a token or the provider's own text. */
export function reasonOf(error: unknown): string {
  if (error instanceof client.ResponseBodyError || error instanceof client.AuthorizationResponseError)
    return `the provider says ${wordOf(error.error)}`;
  if (!(error instanceof Error)) return 'unknown';
  const { cause } = error;
  const inner = cause instanceof Error ? cause.message || codeOf(cause) : '';
  return (inner || error.message).slice(0, MAX_REASON);
}
