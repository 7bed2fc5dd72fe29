import { ouiOf, type Mac, type Oui } from '../../domain/mac.ts';
import { sourceOf, type Source } from '../../domain/trust/source.ts';
import type { SweepNews } from '../../domain/trust/sweep.ts';
import { VENDORS } from '../../vendors/index.ts';
import { banSource, isProvenSource } from './ban-source.ts';
import { activeBan, isNever, type GuardPorts } from './guard.ts';

/** A guess that failed, at whichever door. */
export interface Miss {
  readonly address: string;
  readonly what: string;
  readonly mac: Mac | undefined;
  /** The address cannot be forged. */
  readonly connected: boolean;
  readonly at: Date;
}

const MAKERS_PREFIXES: ReadonlySet<Oui> = new Set(
  VENDORS.flatMap((driver) => [...driver.ouis, ...driver.models.flatMap((model) => model.ouis ?? [])]),
);

async function banWhoSweeps(ports: GuardPorts, source: Source, evidence: string, now: Date): Promise<void> {
  if (await isProvenSource(ports, source, now)) return;
  // The source of an IPv4 address is the address; of an IPv6 one its network stands for it.
  await banSource(ports)({ source, address: source, reason: 'sweep', evidence, connected: true }, now);
}

/** Raises the alarm and bans whoever takes part, but for addresses from which phones have proven themselves. */
export function answerSweep(
  ports: GuardPorts,
  { begun, takePart }: SweepNews,
  oui: Oui,
  now: Date,
): 'sweep' | undefined {
  if (begun !== undefined) {
    ports.state.counts.sweeps += 1;
    ports.log.warn('sweep', begun);
  }
  for (const source of takePart) ports.goesOn(banWhoSweeps(ports, source, `took part in a sweep of ${oui}`, now));
  return begun === undefined ? undefined : 'sweep';
}

/** Counts one miss against its source and, when it names a MAC of a maker, against that maker's prefix. Doors, codes and calls all count here. */
export const noteMiss =
  (ports: GuardPorts) =>
  ({ address, what, mac, connected, at }: Miss): 'sweep' | undefined => {
    const { state, limits } = ports;
    if (!limits.enabled || isNever(ports, address)) return undefined;
    const source = sourceOf(address);
    if (activeBan(state, source, at) !== undefined) return undefined;
    const counted = state.throttle.miss({ source, what, connected }, at);
    if (counted === 'repeated') return undefined;
    state.counts.misses += 1;
    state.outbox.miss(source);
    if (counted === 'too_many') {
      const evidence = `${limits.missesToBan} misses, although told to wait`;
      ports.goesOn(banSource(ports)({ source, address, reason: 'guessing', evidence, connected }, at));
    }
    if (mac === undefined || !MAKERS_PREFIXES.has(ouiOf(mac))) return undefined;
    state.outbox.mac(ouiOf(mac));
    return answerSweep(ports, state.sweeps.note(mac, source, at), ouiOf(mac), at);
  };
