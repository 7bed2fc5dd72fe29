import { listAll } from '../pages.ts';
import type { AccessToken, Clock, Crypto, Store, User, Versioned } from '../ports.ts';
import type { Passwords } from './passwords.ts';
import type { Tries } from './tries.ts';

export interface AccessPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly passwords: Passwords;
}

export interface LogInPorts extends AccessPorts {
  readonly triesOfUser: Tries;
  readonly triesOfAddress: Tries;
}

/** A session that was opened; its token is shown this once. */
export interface Opened {
  readonly kind: 'logged_in';
  readonly token: string;
  readonly session: AccessToken;
  readonly user: User;
}

export type LoggedIn =
  | Opened
  /** One answer for an unknown user and a wrong password. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'too_many_tries'; readonly retryAfterSeconds: number };

export const TOKEN_PURPOSE = 'access_token';
const SESSION_HOURS = 12;
const TOKEN_BITS = 200;
/** No hash at all: comparing with it takes the usual time, so that it does not show which users there are. */
const NO_HASH = '';

const PAGE = 500;

/** Sessions and tokens of all users. */
export const allTokens = ({ platform }: Store): Promise<readonly Versioned<AccessToken>[]> =>
  listAll(platform.tokens, (token) => token.hash, PAGE);

/** Logs a user out wherever he has logged in. Tokens of his programs stay. */
export async function endSessions(store: Store, user: string): Promise<void> {
  for (const token of await store.platform.tokens.ofUser(user))
    if (token.session === true) await store.platform.tokens.remove(token.id);
}

/** Makes a token; the text is shown this once, only its keyed hash is kept. */
export async function issueToken(
  { crypto, clock }: Pick<AccessPorts, 'crypto' | 'clock'>,
  store: Store,
  about: Pick<AccessToken, 'user' | 'name'> & Partial<Pick<AccessToken, 'session' | 'scopes' | 'onlyTenant'>>,
  lifeHours: number | undefined,
): Promise<{ readonly text: string; readonly token: AccessToken }> {
  const text = crypto.token(TOKEN_BITS);
  const now = clock.now();
  const expiresAt = lifeHours === undefined ? undefined : new Date(now.getTime() + lifeHours * 3_600_000).toISOString();
  const token: AccessToken = {
    ...about,
    id: crypto.id(),
    hash: crypto.keyedHash(TOKEN_PURPOSE, text),
    createdAt: now.toISOString(),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
  const created = await store.platform.tokens.create(token);
  if (!created.ok) throw new Error('a token that was just drawn exists already');
  return { text, token };
}

/** Where the clock is set back a day or so by mistake, nobody has to log in again. */
const MOST_AHEAD_MILLISECONDS = 2 * 86_400_000;

/** A session that begins later than that was opened while the clock was wrong: it would last until then. */
export const isExpired = ({ session, createdAt, expiresAt }: AccessToken, now: Date): boolean =>
  (expiresAt !== undefined && expiresAt <= now.toISOString()) ||
  (session === true && new Date(createdAt).getTime() > now.getTime() + MOST_AHEAD_MILLISECONDS);

/** Opens a session for somebody who has proven who he is. */
export async function openSession(ports: AccessPorts, user: User, from: string, what: string): Promise<Opened> {
  const now = ports.clock.now();
  return ports.store.transaction(async (store) => {
    for (const old of await store.platform.tokens.ofUser(user.id))
      if (isExpired(old, now)) await store.platform.tokens.remove(old.id);
    const about = { user: user.id, name: `session from ${from}`, session: true as const };
    const { text, token } = await issueToken(ports, store, about, SESSION_HOURS);
    await store.platform.audit({
      at: now.toISOString(),
      who: user.name,
      from,
      what,
      object: user.name,
      ...(user.tenant === undefined ? {} : { tenant: user.tenant }),
    });
    return { kind: 'logged_in', token: text, session: token, user };
  });
}

type Checked = 'right' | Exclude<LoggedIn, { readonly kind: 'logged_in' }>;

/** Compares a password, with limited tries for each name and each source. An unknown user takes as long as a wrong password. */
export async function checkPassword(
  ports: LogInPorts,
  user: User | undefined,
  name: string,
  password: string,
  from: string,
): Promise<Checked> {
  const now = ports.clock.now();
  const key = name.slice(0, 64);
  const wait = ports.triesOfUser.wait(key, now) ?? ports.triesOfAddress.wait(from, now);
  if (wait !== undefined) return { kind: 'too_many_tries', retryAfterSeconds: wait };
  // Counted before the slow comparison, so that many at once do not all slip through.
  ports.triesOfUser.note(key, now);
  ports.triesOfAddress.note(from, now);
  const right = await ports.passwords.matches(password, user?.passwordHash ?? NO_HASH);
  if (user === undefined || !right) return { kind: 'refused' };
  ports.triesOfUser.forget(key);
  // Only this one: who has a password of his own must not wipe out what he tried of others'.
  ports.triesOfAddress.takeBack(from);
  return 'right';
}

/** Checks a name and password and opens a session. */
export const logIn =
  (ports: LogInPorts) =>
  async (name: string, password: string, from: string): Promise<LoggedIn> => {
    const user = await ports.store.platform.users.byKey(name);
    const checked = await checkPassword(ports, user, name, password, from);
    if (checked !== 'right') return checked;
    return user === undefined ? { kind: 'refused' } : openSession(ports, user, from, 'session.opened');
  };
