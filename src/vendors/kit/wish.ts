import type { FirmwareVersion } from '../../domain/firmware-version.ts';
import type { Mac } from '../../domain/mac.ts';
import type { Model } from '../../domain/model.ts';
import type { Resolved, ResolvedSettings, UserAccess } from '../../domain/resolve/layers.ts';
import { Secret } from '../../domain/secret.ts';
import { settingOf, type SettingId, type SettingValue } from '../../domain/settings/registry.ts';
import type { Gap, MapContext, Param, Params, ParamSource, Plain, VendorDriver } from './driver.ts';
import type { RenderInput } from './render-input.ts';
import type { Look, Mapped } from './siblings.ts';

/** What all parameters of one setting or key have in common. */
export interface About {
  readonly wanted: string;
  readonly secret: boolean;
  readonly access?: UserAccess | undefined;
  readonly accessOnly?: true;
}

function asParam(name: string, value: string, source: ParamSource, { secret, access, accessOnly }: About): Param {
  if (access === undefined && accessOnly === undefined) return { name, value, secret, source };
  return {
    name,
    value,
    secret,
    source,
    ...(access === undefined ? {} : { access }),
    ...(accessOnly ? { accessOnly } : {}),
  };
}

export const isSecret = (id: SettingId, value: unknown): boolean =>
  settingOf(id).secret === true || value instanceof Secret;

/** Secrets become plain text for the mapper; nothing else changes. */
export const plain = (value: unknown): unknown => (value instanceof Secret ? value.reveal() : value);

export const resolvedOf = (settings: ResolvedSettings, id: SettingId, line: number): Resolved | undefined =>
  settingOf(id).scope === 'line' ? settings.line.get(line)?.get(id) : settings.phone.get(id);

/** A setting or key on its way to parameters. Mappers are given it as their context, so it knows what was looked at. */
export class Wish implements MapContext, Mapped {
  readonly params: Param[] = [];
  readonly gaps: Gap[] = [];
  readonly looks: Look[] = [];
  /** Settings with a value that the mapper read: they decide secrecy and are shown by `explain`. */
  readonly read: SettingId[] = [];
  isSecret = false;
  /** Something was looked at that no other phone has. */
  isOwn = false;
  readonly driver: VendorDriver;
  readonly input: RenderInput;
  readonly line: number;

  constructor(driver: VendorDriver, input: RenderInput, line: number) {
    this.driver = driver;
    this.input = input;
    this.line = line;
  }

  get model(): Model {
    return this.input.model;
  }

  get firmware(): FirmwareVersion {
    return this.input.firmware;
  }

  get mac(): Mac | undefined {
    this.isOwn = true;
    return this.input.mac;
  }

  get lines(): readonly number[] {
    return this.input.settings.lines;
  }

  get today(): Date {
    return this.input.today;
  }

  get<Id extends SettingId>(id: Id, line?: number): Plain<SettingValue<Id>> | undefined {
    const value = this.valueOf(id, line);
    if (value === undefined) return undefined;
    this.read.push(id);
    this.isSecret ||= isSecret(id, value);
    // `as`: the value was checked against the id's schema when it was saved.
    return plain(value) as Plain<SettingValue<Id>>;
  }

  valueOf(id: SettingId, line = this.line): unknown {
    const found = resolvedOf(this.input.settings, id, line);
    this.looks.push({ id, line, found });
    return found?.state === 'set' ? found.value : undefined;
  }

  /** The access that a setting states itself, else what `security.userAccess` says for all. */
  accessOf(stated: UserAccess | undefined): UserAccess | undefined {
    if (typeof this.driver.userAccess === 'object') return undefined;
    return stated ?? (this.valueOf('security.userAccess', 1) as UserAccess | undefined);
  }

  /** Parameters that the maker's files can hold; for each of the others a gap. */
  add(params: Params, source: ParamSource, about: About): void {
    const { codec, name: maker } = this.driver;
    for (const [name, value] of Object.entries(params)) {
      const reason = codec.validName.test(name)
        ? codec.unwritable(value)
        : `${JSON.stringify(name)} is no parameter name of ${maker}`;
      if (reason !== undefined) this.gaps.push({ wanted: about.wanted, reason, state: 'not_expressible' });
      else this.params.push(asParam(name, value, source, about));
    }
  }
}
