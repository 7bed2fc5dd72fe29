import { isActive } from '../../domain/trust/ban.ts';
import type { GuardPorts, KnownBan } from './guard.ts';

/** The bans that hold now, the newest first. */
export const listBans =
  ({ state, clock }: GuardPorts) =>
  (): readonly KnownBan[] => {
    const now = clock.now();
    return Array.from(state.bans.values())
      .filter(({ ban }) => isActive(ban, now))
      .toSorted((a, b) => (a.ban.since < b.ban.since ? 1 : a.ban.since > b.ban.since ? -1 : 0));
  };
