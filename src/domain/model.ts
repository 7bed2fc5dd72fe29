import type { Oui } from './mac.ts';
import type { ModelId } from './ids.ts';

/** An expansion module type that a model takes, and how many. */
export interface Sidecars {
  readonly types: readonly string[];
  readonly max: number;
  readonly keysPerModule: number;
}

export type ModelFeature =
  | 'poe'
  | 'gigabit'
  | 'pc_port'
  | 'wifi'
  | 'bluetooth'
  | 'colour'
  | 'touch'
  | 'video'
  | 'dect'
  | 'conference'
  | 'ata'
  | 'router'
  | 'android'
  | 'vpn'
  | 'usb'
  | 'software';

/** One model on one maker's list: data only. What is different about a model is a field here, never an `if` elsewhere. */
export interface Model {
  readonly id: ModelId;
  /** Models that share parameter names and file names; the mapping may ask for it. */
  readonly family: string;
  /** What the phone calls itself in its User-Agent, where that differs from the id. */
  readonly userAgentToken?: string;
  /** SIP accounts. */
  readonly lines: number;
  /** DSS (line) keys on the phone itself, all pages counted. 0 where there are none. */
  readonly keys: number;
  /** Memory keys beside the line keys (old Yealink T26/T28/T38G). */
  readonly memoryKeys?: number;
  /** Programmable (soft) keys that can be reassigned. */
  readonly softKeys?: number;
  readonly sidecars?: Sidecars;
  readonly features: readonly ModelFeature[];
  /** The stem of the file that all phones of this model ask for, in the maker's own form: `y000000000108`, `942`. */
  readonly fileStem?: string;
  /** OUIs that belong to this model only; the maker's are in the driver. */
  readonly ouis?: readonly Oui[];
  /** The firmware assumed while the phone has not said its own. */
  readonly defaultFirmware?: string;
  /** Figures above that no source confirms, by field name. */
  readonly unverified?: readonly string[];
  readonly notes?: string;
}

/** `SIP-T46U`, `sip t46u` and `SIPT46U` are one name: of a model or maker as people write it. */
export const foldedName = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
