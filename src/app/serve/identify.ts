import type { VendorId } from '../../domain/ids.ts';
import type { Mac } from '../../domain/mac.ts';
import { macIn, ouiOf } from '../../domain/mac.ts';
import type { Clue, RequestFacts } from '../../domain/recognise/clue.ts';
import { mergeClues, type Identity } from '../../domain/recognise/merge-clues.ts';
import { driversByOui, vendorOf, VENDORS } from '../../vendors/index.ts';
import type { Recogniser, Recognisers, VendorDriver } from '../../vendors/kit/driver.ts';
import type { Directory, PhoneRef } from '../ports.ts';
import type { PhoneRequest } from './outcome.ts';

/** What a request shows of the phone itself, before any of it is looked up. */
export interface Recognised {
  readonly identity: Identity;
  readonly driver: VendorDriver | undefined;
  readonly clues: readonly Clue[];
}

const makersOf = driversByOui(VENDORS);

/** An OUI hints at a maker only where no other maker on our list shares it. */
function clueFromOui(mac: Mac): Clue | undefined {
  const [driver, other] = makersOf.get(ouiOf(mac)) ?? [];
  return driver === undefined || other !== undefined
    ? undefined
    : { source: 'oui', vendor: driver.id, mac, evidence: `MAC ${mac} has a prefix of ${driver.name}` };
}

/** The MAC that the file name carries, whoever's file it is. */
const macInPath = (path = ''): Mac | undefined => macIn(path.slice(path.lastIndexOf('/') + 1));

const recognisersOf = (part: keyof Recognisers): readonly Recogniser[] =>
  VENDORS.flatMap(({ recognise }) => recognise[part] ?? []);
const BY_CERTIFICATE = recognisersOf('byCertificate');
const BY_USER_AGENT = recognisersOf('byUserAgent');
const BY_DHCP_CLASS = recognisersOf('byDhcpClass');
const BY_PATH = recognisersOf('byPath');

/** The maker that the phone says it is of, where nothing it says contradicts that. */
function saidVendor(said: readonly Clue[]): VendorId | undefined {
  const vendor = said[0]?.vendor;
  return said.every((clue) => clue.vendor === vendor) ? vendor : undefined;
}

/** Makers share the names of files: where a phone has said whose it is, no other maker is asked what the name may mean. */
function pathRecognisers(said: readonly Clue[]): readonly Recogniser[] {
  const vendor = saidVendor(said);
  const own = vendor === undefined ? undefined : vendorOf(vendor)?.recognise.byPath;
  return own === undefined ? BY_PATH : [own];
}

function read(facts: RequestFacts, recognisers: readonly Recogniser[], clues: Clue[]): void {
  for (const recogniser of recognisers) {
    const clue = recogniser(facts);
    if (clue !== undefined) clues.push(clue);
  }
}

/** Makers' recognisers over the same facts → clues. */
function cluesOf(facts: RequestFacts, inPath: Mac | undefined): readonly Clue[] {
  const clues: Clue[] = [];
  if (facts.certificate !== undefined) read(facts, BY_CERTIFICATE, clues);
  if (facts.userAgent !== undefined) read(facts, BY_USER_AGENT, clues);
  if (facts.dhcpClass !== undefined) read(facts, BY_DHCP_CLASS, clues);
  if (facts.path !== undefined) read(facts, pathRecognisers(clues), clues);
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
