import type { Ban } from '../../domain/trust/ban.ts';
import type { Decoy } from '../../domain/trust/decoy.ts';
import type { Source } from '../../domain/trust/source.ts';
import { listAll } from '../pages.ts';
import type { Versioned } from '../ports.ts';
import { isNever, type GuardPorts } from './guard.ts';

const PAGE = 1_000;

/** Bans that are kept; where there are more, those that end first are given up. */
export const MOST_BANS = 20_000;

export const allDecoys = (ports: Pick<GuardPorts, 'store'>): Promise<readonly Versioned<Decoy>[]> =>
  listAll(ports.store.platform.decoys, (decoy) => decoy.key, PAGE);

function hold(ports: GuardPorts, ban: Ban): void {
  const { bans } = ports.state;
  if (isNever(ports, ban.address)) return;
  bans.set(ban.source, { ban, turnedAway: bans.get(ban.source)?.turnedAway ?? 0 });
}

/** Takes up what the store says of one source: somebody has banned it, or let it in again. */
export async function holdBan(ports: GuardPorts, name: string): Promise<void> {
  // `as`: another node wrote it as a source.
  const source = name as Source;
  const ban = await ports.store.platform.bans.byKey(source);
  if (ban === undefined) {
    ports.state.bans.delete(source);
    return;
  }
  ports.state.throttle.forget(source);
  hold(ports, ban);
}

export async function holdDecoys(ports: GuardPorts): Promise<void> {
  const decoys = await allDecoys(ports);
  const keys = (kind: Decoy['kind']): ReadonlySet<string> =>
    new Set(decoys.filter((decoy) => decoy.kind === kind).map(({ key }) => key));
  Object.assign(ports.state.decoys, { macs: keys('mac'), tokens: keys('token') });
}

/** What outlived the last process: bans and decoys. */
export async function loadGuard(ports: GuardPorts): Promise<void> {
  for (const ban of await listAll(ports.store.platform.bans, (one) => one.source, PAGE)) hold(ports, ban);
  await holdDecoys(ports);
}
