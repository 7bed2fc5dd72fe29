import { parseFirmwareVersion } from '../../domain/firmware-version.ts';
import type { PhoneId, TenantId } from '../../domain/ids.ts';
import type { FileLine, Gap, PhoneFile } from '../../vendors/kit/driver.ts';
import type { Clock, Store } from '../ports.ts';
import { currentPhoneLoader, type PhoneBundle } from './phone-bundle.ts';
import { firmwareOf, modelOf, renderFile as render, type RenderedFile } from './render-config.ts';
import type { ServerAddresses } from './server-addresses.ts';

/** What a person is shown of a phone's files, by the same calls that serve them. */
export interface PreviewPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly addresses: () => ServerAddresses;
}

export interface PhonePath {
  readonly tenant: TenantId;
  readonly phone: PhoneId;
}

const bundleOf = (ports: PreviewPorts, path: PhonePath): Promise<PhoneBundle | undefined> =>
  currentPhoneLoader(ports)(path);

export const filesOf = (bundle: PhoneBundle): readonly PhoneFile[] =>
  bundle.driver.files({ model: modelOf(bundle), mac: bundle.phone.mac, token: bundle.phone.token.reveal() });

const findFile = (bundle: PhoneBundle, name: string | undefined): PhoneFile | undefined =>
  name === undefined
    ? filesOf(bundle)[0]
    : filesOf(bundle).find((file) => file.name.toLowerCase() === name.toLowerCase());

export const listFiles =
  (ports: PreviewPorts) =>
  async (path: PhonePath): Promise<readonly PhoneFile[]> => {
    const bundle = await bundleOf(ports, path);
    return bundle === undefined ? [] : filesOf(bundle);
  };

interface Choice {
  readonly file?: string | undefined;
  readonly firmware?: string | undefined;
}

async function renderOne(
  ports: PreviewPorts,
  path: PhonePath,
  choice: Choice,
  reveal: boolean,
): Promise<(RenderedFile & { readonly name: string }) | undefined> {
  const bundle = await bundleOf(ports, path);
  const file = bundle === undefined ? undefined : findFile(bundle, choice.file);
  if (bundle === undefined || file === undefined) return undefined;
  const firmware =
    choice.firmware === undefined ? firmwareOf(bundle, undefined) : parseFirmwareVersion(choice.firmware);
  return {
    name: file.name,
    ...render(bundle, { part: file.part, firmware, today: ports.clock.now(), exposure: reveal ? 'full' : 'masked' }),
  };
}

/** One file as the phone would get it, byte for byte when `reveal`, else with `***` in place of secrets. Without a name: the first. */
export const renderFile =
  (ports: PreviewPorts) =>
  async (
    path: PhonePath,
    { reveal, ...choice }: Choice & { readonly reveal: boolean },
  ): Promise<(RenderedFile & { readonly name: string }) | undefined> =>
    renderOne(ports, path, choice, reveal);

/** One line of a file with what is behind it. */
export interface ExplainedLine {
  readonly text: string;
  /** `frame` where the line says no parameter; `cleared` where a value was taken away; `vendor` where the maker's driver always writes it. */
  readonly kind: 'setting' | 'key' | 'raw' | 'cleared' | 'vendor' | 'frame';
  readonly setting?: string;
  readonly line?: number;
  readonly slot?: string;
  readonly layer?: string;
  readonly object?: string;
  readonly by?: string;
  readonly at?: string;
}

export interface Explained {
  readonly name: string;
  readonly lines: readonly ExplainedLine[];
  readonly gaps: readonly Gap[];
  readonly flags: readonly string[];
}

function explainLine({ text, param }: FileLine): ExplainedLine {
  if (param === undefined) return { text, kind: 'frame' };
  const { source } = param;
  if (source.kind === 'cleared' || source.kind === 'vendor') return { text, kind: source.kind };
  const { origin } = source;
  return {
    text,
    kind: source.kind,
    ...(source.kind === 'setting' ? { setting: source.setting } : {}),
    ...(source.kind === 'setting' && source.line !== undefined ? { line: source.line } : {}),
    ...(source.kind === 'key' ? { slot: source.slot } : {}),
    layer: origin.layer,
    object: `${origin.object.type} ${origin.object.name}`,
    ...(origin.by === undefined ? {} : { by: origin.by }),
    ...(origin.at === undefined ? {} : { at: origin.at }),
  };
}

/** Line by line the setting and the layer behind it, secrets masked. */
export const explainFile =
  (ports: PreviewPorts) =>
  async (path: PhonePath, choice: Choice): Promise<Explained | undefined> => {
    const rendered = await renderOne(ports, path, choice, false);
    return rendered === undefined
      ? undefined
      : { name: rendered.name, lines: rendered.lines.map(explainLine), gaps: rendered.gaps, flags: rendered.flags };
  };

/** The phone's own URL, with its token: hand it over like a password. */
export const phoneUrl =
  (ports: PreviewPorts) =>
  async (path: PhonePath): Promise<string | undefined> => {
    const bundle = await bundleOf(ports, path);
    return bundle === undefined
      ? undefined
      : ports.addresses().phoneDirectory(bundle.driver, bundle.tenant, bundle.phone);
  };
