import type { Mac } from '../../domain/mac.ts';
import { macIn, ouiOf } from '../../domain/mac.ts';
import type { Clue, RequestFacts } from '../../domain/recognise/clue.ts';
import { mergeClues, type Identity } from '../../domain/recognise/merge-clues.ts';
import { vendorOf, VENDORS } from '../../vendors/index.ts';
import type { VendorDriver } from '../../vendors/kit/driver.ts';
import type { Directory, PhoneRef } from '../ports.ts';
import type { PhoneRequest } from './outcome.ts';

/** What a request shows of the phone itself, before any of it is looked up. */
export interface Recognised {
  readonly identity: Identity;
  readonly driver: VendorDriver | undefined;
  readonly clues: readonly Clue[];
}

const makersOf = new Map<string, readonly VendorDriver[]>();
for (const driver of VENDORS) {
  const own = new Set([...driver.ouis, ...driver.models.flatMap((model) => model.ouis ?? [])]);
  for (const prefix of own) makersOf.set(prefix, [...(makersOf.get(prefix) ?? []), driver]);
}

/** An OUI hints at a maker only where no other maker on our list shares it. */
function clueFromOui(mac: Mac): Clue | undefined {
  const [driver, other] = makersOf.get(ouiOf(mac)) ?? [];
  return driver === undefined || other !== undefined
    ? undefined
    : { source: 'oui', vendor: driver.id, mac, evidence: `MAC ${mac} has a prefix of ${driver.name}` };
}

/** The MAC that the file name carries, whoever's file it is. */
const macInPath = (path = ''): Mac | undefined => macIn(path.split('/').at(-1) ?? '');

const RECOGNISERS = VENDORS.flatMap((driver) => driver.recognise);

/** Every maker's recognisers over the same facts → clues. */
function cluesOf(facts: RequestFacts, inPath: Mac | undefined): readonly Clue[] {
  const clues: Clue[] = [];
  for (const recogniser of RECOGNISERS) {
    const clue = recogniser(facts);
    if (clue !== undefined) clues.push(clue);
  }
  const mac = facts.linkMac ?? inPath;
  const hint = mac === undefined ? undefined : clueFromOui(mac);
  if (hint !== undefined) clues.push(hint);
  return clues;
}

/** What the clues come to; the file name has its say about the MAC. */
function identityOf(clues: readonly Clue[], inPath: Mac | undefined): Identity {
  const merged = mergeClues(clues);
  return inPath === undefined ? merged : withMac(merged, inPath);
}

function recogniseFacts(facts: RequestFacts): Pick<Recognised, 'clues' | 'identity'> {
  const inPath = macInPath(facts.path);
  const clues = cluesOf(facts, inPath);
  return { clues, identity: identityOf(clues, inPath) };
}

/** Who the facts speak of. */
export const identifyFacts = (facts: RequestFacts): Identity => recogniseFacts(facts).identity;

/** The first half: clues of the request alone. */
export function recognise(request: PhoneRequest): Recognised {
  const { file, userAgent, certificate } = request;
  const { clues, identity } = recogniseFacts({ path: file, userAgent, certificate });
  const driver = identity.vendor === undefined ? undefined : vendorOf(identity.vendor);
  return { identity, driver, clues };
}

/** The file name says whose file is wanted; a phone that says it is another one is in conflict with it (E11). */
function withMac(identity: Identity, inPath: Mac): Identity {
  if (identity.mac === inPath) return identity;
  if (identity.mac === undefined) return { ...identity, mac: inPath };
  const between = [`MAC ${identity.mac} of the phone`, `MAC ${inPath} of the file`] as const;
  return { ...identity, mac: inPath, conflict: { field: 'mac', between } };
}

/** The phone that the request is about, by what it claims: nothing of this is a proof. */
export async function findClaimed(directory: Directory, identity: Identity): Promise<PhoneRef | undefined> {
  const byMac = identity.mac === undefined ? undefined : await directory.byMac(identity.mac);
  if (byMac !== undefined || identity.vendor === undefined || identity.serial === undefined) return byMac;
  return directory.bySerial(identity.vendor, identity.serial);
}
