import { unversioned } from '../documents/kind.ts';
import type { User } from '../ports.ts';
import type { Actor } from './actor.ts';
import { checkPassword, endSessions, openSession, type LoggedIn, type LogInPorts } from './log-in.ts';

/**
 * A person's own change of his password, who shows that he knows the old one. Every session that the old one opened ends, and this
 * one goes on as a new session. Tokens of programs stay: they were not opened by it.
 */
export const changePassword =
  (ports: LogInPorts) =>
  async (actor: Actor, current: string, wanted: string): Promise<LoggedIn> => {
    const user = actor.user === undefined ? undefined : await ports.store.platform.users.byId(actor.user);
    if (user === undefined) return { kind: 'refused' };
    const checked = await checkPassword(ports, user, user.name, current, actor.from);
    if (checked !== 'right') return checked;
    const passwordHash = await ports.passwords.hash(wanted);
    return ports.store.transaction(async (store) => {
      const written = await store.platform.users.replace({ ...unversioned<User>(user), passwordHash }, user.version);
      // Somebody else changed the user meanwhile: the old password may be old already.
      if (!written.ok) return { kind: 'refused' };
      await endSessions(store, user.id);
      return openSession({ ...ports, store }, written.value, actor.from, 'password.changed');
    });
  };
