import { parseFirmwareVersion, type FirmwareVersion } from '../../domain/firmware-version.ts';
import type { Model } from '../../domain/model.ts';
import { modelNamed, type FileLine, type Gap, type Param } from '../../vendors/kit/driver.ts';
import { maskSecrets, renderConfig } from '../../vendors/kit/render.ts';
import { toBytes } from '../../vendors/kit/text.ts';
import type { PhoneBundle } from './phone-bundle.ts';

/** One file of one phone, written. */
export interface RenderedFile {
  readonly lines: readonly FileLine[];
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** Names of the parameters in it; what the phone will have been given. */
  readonly names: readonly string[];
  readonly gaps: readonly Gap[];
  readonly flags: readonly string[];
}

/** `full` as it is; `plain` without any secret parameter; `masked` with `***` in their place, for people. */
export type Exposure = 'full' | 'plain' | 'masked';

export interface RenderOptions {
  readonly part: string;
  readonly firmware: FirmwareVersion;
  readonly today: Date;
  readonly exposure: Exposure;
}

export const modelOf = ({ driver, phone }: PhoneBundle): Model => modelNamed(driver, phone.model);

/** The firmware to write for: what the phone says now, what it said last, what its administrator wrote down, the model's. */
export function firmwareOf(bundle: PhoneBundle, told: FirmwareVersion | undefined): FirmwareVersion {
  if (told !== undefined) return told;
  return parseFirmwareVersion(
    bundle.state.seen?.firmware ?? bundle.statedFirmware ?? modelOf(bundle).defaultFirmware ?? '',
  );
}

const EXPOSE = {
  full: (params: readonly Param[]) => params,
  plain: (params: readonly Param[]) => params.filter((param) => !param.secret),
  masked: maskSecrets,
} as const satisfies Record<Exposure, (params: readonly Param[]) => readonly Param[]>;

/** Pure: preview, diff, explain and serve are this call. */
export function renderFile(bundle: PhoneBundle, { part, firmware, today, exposure }: RenderOptions): RenderedFile {
  const { driver, phone } = bundle;
  const model = modelOf(bundle);
  const { params, gaps, flags } = renderConfig(driver, {
    model,
    firmware,
    mac: phone.mac,
    settings: bundle.settings,
    keys: bundle.keys,
    raw: bundle.raw,
    given: bundle.given,
    modules: bundle.modules,
    today,
    siblings: bundle.siblings,
  });
  const ctx = { part, model, firmware, mac: phone.mac };
  const lines = driver.codec.write(EXPOSE[exposure](params), ctx);
  return {
    lines,
    bytes: toBytes(lines, driver.codec.charset(ctx)),
    contentType: driver.codec.contentType(part),
    names: params.map((param) => param.name),
    gaps,
    flags,
  };
}
