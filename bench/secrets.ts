import type { Ports } from './configuration.ts';

/** What a phone knows of itself, and by what its file is known. */
export interface PhoneAccess {
  readonly mac: string;
  readonly token: string;
  readonly user: string;
  readonly password: string;
  /** The extension of its first line. */
  readonly line: string;
}

export interface KeyAndChain {
  readonly key: string;
  readonly chain: string;
}

/** Everything that the clients know of a prepared company; kept beside it. */
export interface Secrets {
  /** Where the doors are, at every start: phones are told, and would be told anew. */
  readonly ports: Ports;
  readonly phones: readonly PhoneAccess[];
  /** Extensions that no phone has. */
  readonly spares: readonly string[];
  /** An operator's token for the REST API. */
  readonly apiToken: string;
  /** What the secure door shows. */
  readonly certificates: readonly KeyAndChain[];
}

/** Where it is kept, in the data directory. */
export const SECRETS_FILE = 'bench.json';
