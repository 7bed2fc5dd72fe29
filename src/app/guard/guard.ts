import { isInAny } from '../../domain/trust/network.ts';
import { isActive, type Ban, type BanTerms } from '../../domain/trust/ban.ts';
import type { Source } from '../../domain/trust/source.ts';
import { createSweeps, type SweepLimits, type Sweeps } from '../../domain/trust/sweep.ts';
import { createThrottle, type Throttle, type ThrottleLimits } from '../../domain/trust/throttle.ts';
import type { Clock, Crypto, Log, Store } from '../ports.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createProvenSources, type ProvenSources } from './proven-sources.ts';

export interface GuardLimits extends ThrottleLimits {
  /** Switched off, nothing is counted and nobody banned but by hand. */
  readonly enabled: boolean;
  readonly sweep: SweepLimits;
  readonly ban: BanTerms;
  /** Networks that are neither made to wait nor banned. */
  readonly never: readonly string[];
}

/** Tells a packet filter of bans, where the operator wants that. Never rejects. */
export interface Firewall {
  ban(address: string, seconds: number): Promise<void>;
  lift(address: string): Promise<void>;
}

/** A ban as a node holds it. */
export interface KnownBan {
  readonly ban: Ban;
  /** Requests of this source that this node has turned away since. */
  turnedAway: number;
}

/** What has happened on this node since it started. */
export interface GuardCounts {
  misses: number;
  turnedAway: number;
  bans: number;
  sweeps: number;
  decoysTouched: number;
}

/** What this node knows of strangers; all of it in memory, so that no request waits for the store. */
export interface GuardState {
  readonly throttle: Throttle;
  /** Wrong passwords of each source for each user. */
  readonly passwords: Throttle;
  readonly sweeps: Sweeps;
  readonly bans: Map<Source, KnownBan>;
  /** Keys of decoys: MACs, and keyed hashes of tokens. */
  readonly decoys: { macs: ReadonlySet<string>; tokens: ReadonlySet<string> };
  readonly proven: ProvenSources;
  readonly outbox: Outbox;
  readonly counts: GuardCounts;
  /** Sources of which a request that was turned away has been noted within this minute. */
  readonly noted: Set<Source>;
  /** News of other nodes that were taken in, with their time. */
  readonly taken: Map<string, string>;
}

export interface GuardPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly limits: GuardLimits;
  /** Names this process among those that share the store. */
  readonly node: string;
  readonly firewall?: Firewall;
  readonly state: GuardState;
  readonly decodeBase64: (text: string) => string;
  /** Takes what goes on after a request, so that the end of the process can wait for it. */
  readonly goesOn: (work: Promise<void>) => void;
}

/** Guesses at one user's password are forgiven slowly: as many as a source may have at once, in this time. */
const LOCK_MINUTES = 60;

export const createGuardState = (limits: GuardLimits): GuardState => ({
  throttle: createThrottle(limits),
  passwords: createThrottle({ ...limits, windowMinutes: LOCK_MINUTES }),
  sweeps: createSweeps(limits.sweep),
  bans: new Map(),
  decoys: { macs: new Set(), tokens: new Set() },
  proven: createProvenSources(),
  outbox: createOutbox(),
  counts: { misses: 0, turnedAway: 0, bans: 0, sweeps: 0, decoysTouched: 0 },
  noted: new Set(),
  taken: new Map(),
});

/** Whether the operator trusts an address, or the network that stands for an IPv6 one. */
export const isNever = ({ limits }: Pick<GuardPorts, 'limits'>, address: string): boolean =>
  limits.never.length > 0 && isInAny(address.replace(/\/\d+$/, ''), limits.never);

/** The ban that holds for this source now. */
export function activeBan({ bans }: GuardState, source: Source, now: Date): KnownBan | undefined {
  if (bans.size === 0) return undefined;
  const known = bans.get(source);
  return known !== undefined && isActive(known.ban, now) ? known : undefined;
}
