import { banMinutes, isActive, type Ban, type BanReason } from '../../domain/trust/ban.ts';
import type { Source } from '../../domain/trust/source.ts';
import { isRecent } from '../../domain/recent.ts';
import { given } from '../../domain/fields.ts';
import type { Store } from '../ports.ts';
import type { GuardPorts } from './guard.ts';
import { publishNews } from './publish-news.ts';

/** Why somebody is to be banned. */
export interface Offence {
  readonly source: Source;
  readonly address: string;
  readonly reason: BanReason;
  readonly evidence: string;
  /** The address cannot be forged. */
  readonly connected: boolean;
  /** By hand: who, and for how long. */
  readonly by?: string;
  readonly minutes?: number;
}

const DAY_MILLISECONDS = 86_400_000;

/** Whether a phone behind this source has proven itself within a day, at any node. */
export async function isProvenSource({ state, store }: GuardPorts, source: Source, now: Date): Promise<boolean> {
  const at = state.proven.provenAt(source)?.toISOString() ?? (await store.guard.provenAt(source));
  return at !== undefined && isRecent(new Date(at), now, DAY_MILLISECONDS);
}

function banFor(
  { crypto, limits }: GuardPorts,
  offence: Offence,
  before: Ban | undefined,
  now: Date,
  quiet: boolean,
): Ban {
  const { source, address, reason, evidence, by } = offence;
  const offences = (before?.offences ?? 0) + 1;
  const minutes = offence.minutes ?? banMinutes(limits.ban, offences);
  return given({
    id: before?.id ?? crypto.id(),
    source,
    address,
    reason,
    evidence,
    since: now.toISOString(),
    until: new Date(now.getTime() + minutes * 60_000).toISOString(),
    offences,
    quiet,
    by,
  });
}

interface Kept {
  readonly ban: Ban;
  /** False where another node was faster. */
  readonly isNew: boolean;
}

async function keep(ports: GuardPorts, store: Store, offence: Offence, now: Date, quiet: boolean): Promise<Kept> {
  const { bans } = store.platform;
  const before = await bans.byKey(offence.source);
  if (before !== undefined && isActive(before, now) && offence.by === undefined) return { ban: before, isNew: false };
  const ban = banFor(ports, offence, before, now, quiet);
  const written = await (before === undefined ? bans.create(ban) : bans.replace(ban, before.version));
  if (!written.ok) throw new Error(`a ban was changed by somebody else within this transaction`);
  return { ban, isNew: true };
}

/** One line for each new ban, its fields in this order: the shipped fail2ban filter reads it. */
function announce({ log, firewall, goesOn }: GuardPorts, { source, reason, until, since, quiet }: Ban): void {
  const seconds = Math.round((new Date(until).getTime() - new Date(since).getTime()) / 1000);
  if (quiet) {
    log.warn('address_banned_quietly', { address: source, reason, seconds });
    return;
  }
  log.warn('address_banned', { address: source, reason, seconds });
  if (firewall !== undefined) goesOn(firewall.ban(source, seconds));
}

/**
 * Bans a source at this node at once and at the others as soon as they hear of it. Where a phone has proven itself within a
 * day, or the address may be forged, nothing but this server hears of it: a firewall would shut out the good phone too.
 */
export const banSource =
  (ports: GuardPorts) =>
  async (offence: Offence, now: Date): Promise<void> => {
    const { state, store } = ports;
    const { source } = offence;
    if (isActive(state.bans.get(source)?.ban, now) && offence.by === undefined) return;
    const before = state.bans.get(source)?.ban;
    const hold = (ban: Ban): void => void state.bans.set(source, { ban, turnedAway: 0 });
    hold(banFor(ports, offence, before, now, true));
    state.throttle.forget(source);
    state.counts.bans += 1;
    const quiet = !offence.connected || (await isProvenSource(ports, source, now));
    const { ban, isNew } = await store.transaction((inside) => keep(ports, inside, offence, now, quiet));
    hold(ban);
    if (!isNew) return;
    announce(ports, ban);
    await publishNews(ports, { bans: [source] });
  };
