import type { FirmwareVersion } from '../firmware-version.ts';
import type { ModelId, VendorId } from '../ids.ts';
import type { Mac } from '../mac.ts';
import { CLUE_SOURCES, type Clue, type ClueSource } from './clue.ts';

/** What all clues of a request come to. */
export interface Identity {
  readonly vendor?: VendorId | undefined;
  readonly model?: ModelId | undefined;
  readonly firmware?: FirmwareVersion | undefined;
  readonly mac?: Mac | undefined;
  readonly serial?: string | undefined;
  readonly evidence: readonly string[];
  /** Two clues name different phones: the request is refused, nobody is outvoted. */
  readonly conflict?: { readonly field: 'mac' | 'vendor'; readonly between: readonly [string, string] } | undefined;
}

/** Firmware is read off what the phone says now before what it said last time; a path never tells it. */
const FIRMWARE_ORDER: readonly ClueSource[] = ['user_agent', 'dhcp_class', 'stored'];

const rank = (clue: Clue): number => CLUE_SOURCES.indexOf(clue.source);

// A total order over clues, so that the result does not depend on the order in which recognisers ran.
const byStrength = (a: Clue, b: Clue): number =>
  rank(a) - rank(b) ||
  (a.evidence < b.evidence ? -1 : a.evidence > b.evidence ? 1 : 0) ||
  (a.vendor < b.vendor ? -1 : 1);

/** Recognisers are asked in the order of strength, so that their clues mostly come in it. */
const inOrder = (clues: readonly Clue[]): readonly Clue[] =>
  clues.every((clue, index) => {
    const before = clues[index - 1];
    return before === undefined || byStrength(before, clue) < 0;
  })
    ? clues
    : clues.toSorted(byStrength);

/** The strongest clue of what is picked, and the strongest that says otherwise. */
function contradicting(
  clues: readonly Clue[],
  pick: (clue: Clue) => string | undefined,
): readonly [string, string] | undefined {
  const strongest = clues.find((clue) => pick(clue) !== undefined);
  if (strongest === undefined) return undefined;
  const said = pick(strongest);
  const other = clues.find((clue) => {
    const also = pick(clue);
    return also !== undefined && also !== said;
  });
  return other === undefined ? undefined : [strongest.evidence, other.evidence];
}

// An OUI or a path only hints at a maker, makers share both; what a phone says of itself must not contradict itself.
const OF_ITSELF: readonly ClueSource[] = ['certificate', 'user_agent', 'dhcp_class'];
const ownVendor = ({ source, vendor }: Clue): VendorId | undefined => (OF_ITSELF.includes(source) ? vendor : undefined);

function conflictOf(clues: readonly Clue[]): Identity['conflict'] {
  const macs = contradicting(clues, ({ mac }) => mac);
  if (macs !== undefined) return { field: 'mac', between: macs };
  const vendors = contradicting(clues, ownVendor);
  return vendors === undefined ? undefined : { field: 'vendor', between: vendors };
}

function firmwareIn(clues: readonly Clue[], vendor: VendorId | undefined): FirmwareVersion | undefined {
  for (const source of FIRMWARE_ORDER)
    for (const clue of clues)
      if (clue.source === source && clue.vendor === vendor && clue.firmware !== undefined) return clue.firmware;
  return undefined;
}

/**
 * Clues → who it is. Model by certificate > stored > User-Agent > path > OUI, firmware by User-Agent > stored. Merging is
 * deterministic and does not depend on the order of the clues; two different MACs are a conflict, not a vote.
 */
export function mergeClues(clues: readonly Clue[]): Identity {
  const sorted = inOrder(clues);
  const vendor = sorted[0]?.vendor;
  return {
    vendor,
    model: sorted.find((clue) => clue.vendor === vendor && clue.model !== undefined)?.model,
    firmware: firmwareIn(sorted, vendor),
    mac: sorted.find((clue) => clue.mac !== undefined)?.mac,
    serial: sorted.find((clue) => clue.vendor === vendor && clue.serial !== undefined)?.serial,
    evidence: sorted.map((clue) => clue.evidence),
    conflict: conflictOf(sorted),
  };
}
