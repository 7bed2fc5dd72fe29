import type { Mac } from '../mac.ts';

/** A MAC or URL token that nobody owns: whoever asks for it is looking for somebody else's. */
export interface Decoy {
  readonly id: string;
  /** Natural key: the MAC, or the keyed hash of the token, which is told once. */
  readonly key: string;
  readonly kind: 'mac' | 'token';
  readonly mac?: Mac;
  /** Where it was left, for whoever reads the alarm. */
  readonly note?: string;
  readonly by: string;
  readonly at: string;
}
