import type { Mac } from '../mac.ts';

/** What a phone says of itself when it asks its network for a provisioning server (Event: ua-profile). */
export interface PnpQuestion {
  /** The address it asks from. */
  readonly address: string;
  readonly mac: Mac;
  /** As it writes them, which may be anything. */
  readonly vendor: string | undefined;
  readonly model: string | undefined;
  readonly firmware: string | undefined;
}

/** A phone that nobody owns, or whose answer would lead nowhere, is not answered: it asks DHCP next. */
export type PnpAnswer = (question: PnpQuestion) => Promise<string | undefined>;
