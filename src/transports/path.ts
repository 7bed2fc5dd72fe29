import type { UrlPrefix } from '../app/serve/outcome.ts';
import { err, ok, type Result } from '../domain/result.ts';

/** A path as phones ask for it, taken apart. */
export interface PhonePath {
  readonly prefix: UrlPrefix;
  readonly file: string;
}

export interface BadPath {
  readonly kind: 'bad_path';
  readonly reason: 'control_character' | 'backslash' | 'dot_segment' | 'encoded_twice' | 'not_utf8' | 'too_long';
}

/** Longest name that any phone was seen to ask for is below 100 characters; tokens have 26 to 64. */
const MAX_PATH_LENGTH = 512;

const PREFIXES: ReadonlyMap<string, 'phone' | 'tenant'> = new Map([
  ['p', 'phone'],
  ['t', 'tenant'],
]);

const PAIR = '[0-9a-f]{2}';
const QUAD = '[0-9a-f]{4}';

/**
 * A whole MAC with separators: pairs by `:`, `-`, `.` or blank, quads by `.`, `-` or `:`. Neither a longer run of hexadecimal digits nor a
 * longer row of groups (an EUI-64) is one. ASCII digits only: full-width ones are somebody's trick, not a phone's spelling.
 */
const SPELT_MAC = new RegExp(
  [
    `(?<![0-9a-f])(?<!(?<![0-9a-z])${PAIR}[:\\-. ])${PAIR}([:\\-. ])${PAIR}(?:\\1${PAIR}){4}(?![0-9a-f])(?!\\1${PAIR}(?![0-9a-z]))`,
    `(?<![0-9a-f])(?<!(?<![0-9a-z])${QUAD}[:\\-.])${QUAD}([:\\-.])${QUAD}\\2${QUAD}(?![0-9a-f])(?!\\2${QUAD}(?![0-9a-z]))`,
  ].join('|'),
  'gi',
);

/** Most names are spelt as we write them; this costs less than finding out exactly. */
const MAY_HOLD_SPELT_MAC = new RegExp(`(?:${PAIR}[:\\-. ]){5}|(?:${QUAD}[:\\-.]){2}`, 'i');

const foldMac = (name: string): string =>
  !MAY_HOLD_SPELT_MAC.test(name) ? name : name.replace(SPELT_MAC, (mac) => mac.replace(/[:\-. ]/g, '').toLowerCase());

function whatIsWrong(path: string, segments: readonly string[]): BadPath['reason'] | undefined {
  if (path.length > MAX_PATH_LENGTH) return 'too_long';
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'control_character';
  if (path.includes('\\')) return 'backslash';
  if (segments.some((segment) => segment === '.' || segment === '..')) return 'dot_segment';
  return /%[0-9a-f]{2}/i.test(path) ? 'encoded_twice' : undefined;
}

function withoutAlias(segments: readonly string[], aliases: readonly string[]): readonly string[] {
  const alias = aliases.find((name) => segments.length > 0 && segments[0]?.toLowerCase() === name.toLowerCase());
  return alias === undefined ? segments : segments.slice(1);
}

/**
 * Whatever stands where a token belongs is taken as one, even if no token looks like that: it is then simply a wrong one, is refused as
 * such, and does not reach the journal as part of a file name. Tokens are lower-case base32 and folded before they are compared.
 */
function takePrefix(segments: readonly string[]): { readonly prefix: UrlPrefix; readonly rest: readonly string[] } {
  const kind = PREFIXES.get(segments[0]?.toLowerCase() ?? '');
  const token = segments[1];
  if (kind === undefined || token === undefined) return { prefix: { kind: 'none' }, rest: segments };
  return { prefix: { kind, token: token.toLowerCase() }, rest: segments.slice(2) };
}

/**
 * Takes a path apart that is decoded already. Phones join directory and file carelessly, so leading and double slashes count for
 * nothing; a MAC spelt with separators in the last segment becomes twelve bare digits, so that all spellings name one file.
 */
export function parsePath(path: string, aliases: readonly string[]): Result<PhonePath, BadPath> {
  const segments = path.split('/').filter((segment) => segment !== '');
  const reason = whatIsWrong(path, segments);
  if (reason !== undefined) return err({ kind: 'bad_path', reason });
  const { prefix, rest } = takePrefix(withoutAlias(segments, aliases));
  const last = rest.at(-1);
  return ok({ prefix, file: last === undefined ? '' : [...rest.slice(0, -1), foldMac(last)].join('/') });
}
