import type { FirmwareVersion } from '../../domain/firmware-version.ts';
import type { Mac } from '../../domain/mac.ts';
import type { Model } from '../../domain/model.ts';
import type { ResolvedKey } from '../../domain/resolve/keys.ts';
import type { Origin, ResolvedSettings, UserAccess } from '../../domain/resolve/layers.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Siblings } from './siblings.ts';

/** A parameter in the maker's own words, as an operator wrote it. Counts as secret unless its author marked it public. */
export interface RawParam {
  readonly name: string;
  readonly value: string | Secret;
  readonly access?: UserAccess;
  readonly origin: Origin;
}

/** Everything that a configuration depends on. The same input gives the same parameters, whoever asks. */
export interface RenderInput {
  readonly model: Model;
  readonly firmware: FirmwareVersion;
  readonly mac: Mac | undefined;
  readonly settings: ResolvedSettings;
  readonly keys: ReadonlyMap<string, ResolvedKey>;
  readonly raw: readonly RawParam[];
  /** Names of parameters that this phone was ever given. */
  readonly given: ReadonlySet<string>;
  readonly modules: number;
  readonly today: Date;
  /** Phones that share layers with this one: what was mapped for one of them is not mapped again. */
  readonly siblings?: Siblings;
}
