import type { ResolvedKey } from '../../domain/resolve/keys.ts';
import type { FirmwareVersion } from '../../domain/firmware-version.ts';
import type { Model } from '../../domain/model.ts';
import type { Resolved, ResolvedSettings, SharedLayers } from '../../domain/resolve/layers.ts';
import type { SettingId } from '../../domain/settings/registry.ts';
import type { Gap, Param, VendorDriver } from './driver.ts';

/** What one setting or one key comes to. */
export interface Mapped {
  readonly params: readonly Param[];
  readonly gaps: readonly Gap[];
}

/** What is mapped: a setting, a key, or what the driver always writes. */
export type Source = Resolved | ResolvedKey | 'always';

/** A setting that was looked at, and what was found. */
export interface Look {
  readonly id: SettingId;
  readonly line: number;
  readonly found: Resolved | undefined;
}

interface Kept extends Mapped {
  readonly looks: readonly Look[];
}

/** What was mapped for one phone and holds for all that are like it. */
export class MappedBefore {
  readonly #isShared: (source: Source) => boolean;
  readonly #ofLines = new Map<number, Map<Source, Kept>>();

  constructor(isShared: (source: Source) => boolean) {
    this.#isShared = isShared;
  }

  /** What `source` came to on this line for a sibling, if everything that was looked at then is the very same now. */
  find(source: Source, line: number, look: (id: SettingId, line: number) => Resolved | undefined): Mapped | undefined {
    const kept = this.#ofLines.get(line)?.get(source);
    return kept?.looks.every((seen) => look(seen.id, seen.line) === seen.found) === true ? kept : undefined;
  }

  /** A phone's own settings are kept for nobody. */
  keep(source: Source, line: number, { params, gaps }: Mapped, looks: readonly Look[]): void {
    if (!this.#isShared(source)) return;
    const ofLine = this.#ofLines.get(line) ?? new Map<Source, Kept>();
    this.#ofLines.set(line, ofLine.set(source, { params, gaps, looks }));
  }
}

/** What mappers are told of a phone beside the values of its settings. Of the day they look at the month. */
export interface PhoneKind {
  readonly model: Model;
  readonly firmware: FirmwareVersion;
  readonly modules: number;
  readonly settings: Pick<ResolvedSettings, 'lines'>;
  readonly today: Date;
}

// Models, firmware versions and numbers of lines under one template; whoever makes up firmware versions replaces his own.
const MAX_KINDS = 8;

/** Phones with the same layers above their own: what these layers decide is mapped once for each kind of phone among them. */
export class Siblings {
  readonly #shared: ReadonlySet<Source>;
  readonly #kinds = new Map<string, MappedBefore>();

  constructor(settings: SharedLayers, keys: ReadonlyMap<string, ResolvedKey>) {
    const decided = [...settings.phone, ...settings.line].filter((setting) => setting !== undefined);
    this.#shared = new Set<Source>(['always', ...decided, ...keys.values()]);
  }

  /** What was mapped for phones of this kind. */
  like({ id }: VendorDriver, { model, firmware, modules, settings, today }: PhoneKind): MappedBefore {
    const month = `${today.getUTCFullYear()}-${today.getUTCMonth()}`;
    const kind = [id, model.id, firmware.text, modules, settings.lines, month].join('|');
    const known = this.#kinds.get(kind);
    if (known !== undefined) return known;
    const before = new MappedBefore((source) => this.#shared.has(source));
    if (this.#kinds.size >= MAX_KINDS) this.#kinds.clear();
    this.#kinds.set(kind, before);
    return before;
  }
}
