import { err, type Result } from '../../domain/result.ts';
import { parsePath, type BadPath, type PhonePath } from '../path.ts';

// RFC 9112 §3.2.2: a server must accept the absolute form, which phones behind a proxy send.
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)/i;

// A path in ASCII without anything to decode, to cut off or to refuse, as nearly all that phones send.
const PLAIN = /^\/[\w./~:-]*$/;

/** Takes the path out of a request target and decodes it, once. What is still encoded then was encoded twice to get past somebody. */
export function parseTarget(target: string, aliases: readonly string[]): Result<PhonePath, BadPath> {
  if (PLAIN.test(target)) return parsePath(target, aliases);
  const below = target.startsWith('/') ? target : target.replace(ABSOLUTE_FORM, '');
  const end = below.search(/[?#]/);
  const path = end === -1 ? below : below.slice(0, end);
  // Phones send ASCII; bytes beyond it would be read in whatever encoding somebody likes.
  if (/[^\u0021-\u007e]/.test(path)) return err({ kind: 'bad_path', reason: 'not_utf8' });
  try {
    return parsePath(path.includes('%') ? decodeURIComponent(path) : path, aliases);
  } catch {
    // Overlong forms (`%c0%ae`) and broken escapes.
    return err({ kind: 'bad_path', reason: 'not_utf8' });
  }
}

// Phones of a site all ask for the same one.
let lastText: string | undefined;
let lastHost: string | undefined;

const HOST = /^(?:\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::\d{1,5})?$/i;

/**
 * The host name that was asked for, without port, lower case. It ends up in the URLs that a phone is given, so anything but
 * a plain name or address is undefined, which is a bad request.
 */
export function parseHost(text: string): string | undefined {
  if (text !== lastText) lastHost = HOST.test(text) ? text.replace(/:\d{1,5}$/, '').toLowerCase() : undefined;
  lastText = text;
  return lastHost;
}

/** RFC 9112 §3.2.2: in an absolute-form target the host stands there, and Host is ignored. */
export const hostOfTarget = (target: string): string | undefined =>
  target.startsWith('/') ? undefined : ABSOLUTE_FORM.exec(target)?.[1];
