import type { Crypto, Directory, PhoneRef } from '../ports.ts';
import { findClaimed } from './identify.ts';
import type { Outcome, PhoneRequest, Transfer } from './outcome.ts';
import { recordOf, type Findings, type RecordSink } from './record.ts';

export interface KeepPorts {
  readonly records: RecordSink;
  readonly crypto: Crypto;
  readonly directory: Directory;
  /** Takes what goes on after an answer, so that the end of the process can wait for it. */
  readonly goesOn: (work: Promise<void>) => void;
}

/** Takes an answered request down for the journal. */
export type KeepRecord = (
  request: PhoneRequest,
  outcome: Outcome['kind'],
  findings: Findings,
  transfer: Transfer,
) => void;

// Strangers can ask faster than a store that is slow can say whom they name: then the journal does without.
const MOST_AT_ONCE = 200;

/**
 * Whoever was only asked for credentials has not been looked up for that. The journal is to know whom he named all the same, so
 * the directory is asked now, and nothing more than the directory: loading the phone would show in the time of what comes next.
 */
export function keepRecords({ records, crypto, directory, goesOn }: KeepPorts): KeepRecord {
  let asking = 0;
  const claimedIn = async ({ recognised }: Findings): Promise<PhoneRef | undefined> => {
    if (recognised === undefined || asking >= MOST_AT_ONCE) return undefined;
    asking += 1;
    try {
      return await findClaimed(directory, recognised.identity);
    } catch {
      return undefined;
    } finally {
      asking -= 1;
    }
  };
  return (request, outcome, findings, transfer) => {
    const add = (found: Findings): void => {
      records.add(recordOf(crypto, request, outcome, found, transfer));
    };
    if (outcome !== 'challenge' || findings.standing?.known !== undefined) add(findings);
    else
      goesOn(
        claimedIn(findings).then((claimed) => {
          add({ ...findings, claimed });
        }),
      );
  };
}
