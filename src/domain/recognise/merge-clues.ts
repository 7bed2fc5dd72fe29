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

function firstTwo(
  clues: readonly Clue[],
  pick: (clue: Clue) => string | undefined,
): readonly [Clue, Clue | undefined] | undefined {
  const told = clues.filter((clue) => pick(clue) !== undefined);
  const strongest = told[0];
  return strongest === undefined ? undefined : [strongest, told.find((clue) => pick(clue) !== pick(strongest))];
}

function conflictOf(clues: readonly Clue[]): Identity['conflict'] {
  const macs = firstTwo(clues, (clue) => clue.mac);
  if (macs?.[1] !== undefined) return { field: 'mac', between: [macs[0].evidence, macs[1].evidence] };
  // An OUI or a path only hints at a maker, makers share both; what a phone says of itself must not contradict itself.
  const vendors = firstTwo(
    clues.filter(
      (clue) => clue.source === 'certificate' || clue.source === 'user_agent' || clue.source === 'dhcp_class',
    ),
    (clue) => clue.vendor,
  );
  return vendors?.[1] === undefined
    ? undefined
    : { field: 'vendor', between: [vendors[0].evidence, vendors[1].evidence] };
}

/**
 * Clues → who it is. Model by certificate > stored > User-Agent > path > OUI, firmware by User-Agent > stored. Merging is
 * deterministic and does not depend on the order of the clues; two different MACs are a conflict, not a vote.
 */
export function mergeClues(clues: readonly Clue[]): Identity {
  const sorted = clues.toSorted(byStrength);
  const vendor = sorted[0]?.vendor;
  const same = sorted.filter((clue) => clue.vendor === vendor);
  const model = same.find((clue) => clue.model !== undefined)?.model;
  const firmware = FIRMWARE_ORDER.map(
    (source) => same.find((clue) => clue.source === source && clue.firmware !== undefined)?.firmware,
  ).find((version) => version !== undefined);
  const mac = sorted.find((clue) => clue.mac !== undefined)?.mac;
  const serial = same.find((clue) => clue.serial !== undefined)?.serial;
  return {
    vendor,
    model,
    firmware,
    mac,
    serial,
    evidence: sorted.map((clue) => clue.evidence),
    conflict: conflictOf(sorted),
  };
}
