import { given } from '../domain/fields.ts';
import type { Mac } from '../domain/mac.ts';
import type { Model } from '../domain/model.ts';
import type { BootPlan, BootRequest, VendorDriver } from '../vendors/kit/driver.ts';
import { fetchFile, type Fetched, type Flash } from './fetch.ts';
import { readParams } from './readers.ts';

/** A phone that does not exist, in factory state. */
export interface FactoryPhone {
  readonly driver: VendorDriver;
  readonly model: Model;
  readonly mac: Mac;
  readonly serial: string;
  readonly firmware: string;
  readonly trusts?: string;
  readonly ignoresCertificate?: true;
  readonly certificate?: { readonly key: string; readonly cert: string };
}

/** One request as it happened. */
export interface Step {
  readonly round: number;
  readonly url: string;
  readonly status: number;
  readonly bytes: number;
}

export interface Booted {
  readonly steps: readonly Step[];
  /** All parameters after the last file. */
  readonly params: ReadonlyMap<string, string>;
  /** Where the phone will ask from now on. */
  readonly home: string;
  readonly etags: ReadonlyMap<string, string>;
  /** The last round brought the phone nowhere new, and it has a configuration. */
  readonly settled: boolean;
  /** Why it did not settle. */
  readonly reason?: string;
}

/** A factory phone gives up after so many moves; a configuration that sends it round in circles is a fault of the server. */
const MAX_ROUNDS = 6;

const expand = (name: string, { model, mac, serial }: FactoryPhone): string =>
  name
    .replaceAll('{mac}', mac)
    .replaceAll('{MAC}', mac.toUpperCase())
    .replaceAll('{stem}', model.fileStem ?? '')
    .replaceAll('{model}', model.userAgentToken ?? model.id)
    .replaceAll('{serial}', serial);

function expandMacros(url: string, phone: FactoryPhone): string {
  const { mac, model } = phone;
  const values = {
    mac,
    MAC: mac.toUpperCase(),
    mac_with_colons: mac.match(/../g)?.join(':') ?? mac,
    psn: model.fileStem ?? '',
    model: model.userAgentToken ?? model.id,
  } as const;
  return Object.entries(phone.driver.boot.macros).reduce(
    (text, [macro, meaning]) => text.replaceAll(macro, values[meaning]),
    url,
  );
}

const firstOf = (params: ReadonlyMap<string, string>, names: readonly string[]): string | undefined =>
  names.map((name) => params.get(name)).find((value) => value !== undefined && value !== '');

interface Home {
  /** A directory ending in `/`, or one file. */
  readonly url: string;
  readonly form: 'directory' | 'file';
  readonly credentials?: { readonly user: string; readonly password: string };
}

// SPA: options in square brackets before the URL, `[--uid u --pwd p]https://…` (Linksys SPA provisioning guide 3.0).
const OPTIONS = /^\[([^\]]*)\]\s*/;

function credentialsOf(boot: BootPlan, params: ReadonlyMap<string, string>, options: string): Home['credentials'] {
  const user = /--uid\s+(\S+)/.exec(options)?.[1] ?? firstOf(params, boot.credentials?.user ?? []);
  const password = /--pwd\s+(\S+)/.exec(options)?.[1] ?? firstOf(params, boot.credentials?.password ?? []);
  return user === undefined || password === undefined ? undefined : { user, password };
}

function withScheme(boot: BootPlan, params: ReadonlyMap<string, string>, value: string): string {
  const { scheme } = boot.next;
  if (scheme === undefined || /^[a-z]+:\/\//i.test(value)) return value;
  return `${scheme.values[params.get(scheme.parameter) ?? ''] ?? 'http'}://${value}`;
}

/** Where the parameters send the phone, if anywhere. */
function nextHome(phone: FactoryPhone, params: ReadonlyMap<string, string>): Home | undefined {
  const { boot } = phone.driver;
  const value = firstOf(params, boot.next.parameters);
  if (value === undefined) return undefined;
  const url = expandMacros(withScheme(boot, params, value.replace(OPTIONS, '')), phone);
  const credentials = credentialsOf(boot, params, OPTIONS.exec(value)?.[1] ?? '');
  const { form } = boot.next;
  return {
    url: form === 'directory' && !url.endsWith('/') ? `${url}/` : url,
    form,
    ...(credentials === undefined ? {} : { credentials }),
  };
}

/** What the phone asks in one round: all its files in a directory, or the one file that it was sent to. */
const requestsAt = (home: Home, boot: BootPlan, factory: boolean): readonly BootRequest[] =>
  home.form === 'file' ? [{ name: '' }] : boot.requests.filter((request) => factory || request.factoryOnly !== true);

const flashOf = (phone: FactoryPhone, credentials: Flash['credentials']): Flash =>
  given({
    userAgent: phone.driver.boot.userAgent(phone),
    trusts: phone.trusts,
    ignoresCertificate: phone.ignoresCertificate,
    certificate: phone.certificate,
    credentials,
  });

class Boot {
  readonly phone: FactoryPhone;
  readonly steps: Step[] = [];
  readonly etags = new Map<string, string>();
  readonly #onStep: (step: Step) => void;
  /** A file of the last round that the phone cannot do without, and did not get. */
  missing: string | undefined;

  constructor(phone: FactoryPhone, onStep: (step: Step) => void) {
    this.phone = phone;
    this.#onStep = onStep;
  }

  async fetch(url: URL, home: Home, round: number): Promise<Fetched> {
    const flash = flashOf(this.phone, home.credentials);
    const fetched = await fetchFile(url, flash);
    const step = { round, url: url.href, status: fetched.status, bytes: Buffer.byteLength(fetched.text) };
    this.steps.push(step);
    this.#onStep(step);
    if (fetched.etag !== undefined) this.etags.set(url.href, fetched.etag);
    return fetched;
  }

  /** One file, and the files that it lists; what stands in it. */
  async file(request: BootRequest, home: Home, round: number): Promise<readonly (readonly [string, string])[]> {
    const { driver } = this.phone;
    const url = new URL(expand(request.name, this.phone), home.url);
    const fetched = await this.fetch(url, home, round);
    if (fetched.status !== 200) return [];
    const params = readParams(driver.boot.format, fetched.text);
    const listed =
      (request.listsFilesIn === undefined ? undefined : params.get(request.listsFilesIn))
        ?.split(',')
        .map((name) => expandMacros(name.trim(), this.phone)) ?? [];
    const inner = [];
    for (const name of listed.filter((one) => one !== '')) inner.push(...(await this.file({ name }, home, round)));
    return [...params, ...inner];
  }

  async round(home: Home, round: number): Promise<ReadonlyMap<string, string>> {
    const params = new Map<string, string>();
    this.missing = undefined;
    for (const request of requestsAt(home, this.phone.driver.boot, round === 1)) {
      if (request.name.includes('{stem}') && this.phone.model.fileStem === undefined) continue;
      const asked = this.steps.length;
      for (const [name, value] of await this.file(request, home, round)) params.set(name, value);
      const step = this.steps[asked];
      if (request.optional !== true && step?.status !== 200) this.missing = step?.url;
    }
    return params;
  }
}

/**
 * Carton to configuration: asks at `server` as the maker's factory phone does, and goes only where the files send it,
 * until a round brings it nowhere new.
 */
export async function bootPhone(
  phone: FactoryPhone,
  server: string,
  onStep: (step: Step) => void = () => undefined,
): Promise<Booted> {
  const boot = new Boot(phone, onStep);
  const params = new Map<string, string>();
  let home: Home = { url: server.endsWith('/') ? server : `${server}/`, form: 'directory' };
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const got = await boot.round(home, round);
    for (const [name, value] of got) params.set(name, value);
    const end = { steps: boot.steps, params, home: home.url, etags: boot.etags };
    const next = nextHome(phone, got);
    if (got.size === 0) return { ...end, settled: false, reason: `nothing was served at ${home.url}` };
    if (next === undefined || next.url === home.url)
      return boot.missing === undefined
        ? { ...end, settled: true }
        : { ...end, settled: false, reason: `nothing was served at ${boot.missing}` };
    home = next;
  }
  return {
    steps: boot.steps,
    params,
    home: home.url,
    etags: boot.etags,
    settled: false,
    reason: `still sent elsewhere after ${MAX_ROUNDS} rounds`,
  };
}

/** The periodic resync: the files of the last round again, with their entity tags; statuses by URL. */
export async function resyncPhone(phone: FactoryPhone, booted: Booted): Promise<ReadonlyMap<string, number>> {
  const flash = flashOf(phone, undefined);
  const last = Math.max(...booted.steps.map((step) => step.round));
  const statuses = new Map<string, number>();
  for (const { url } of booted.steps.filter((step) => step.round === last && step.status === 200)) {
    const { status } = await fetchFile(new URL(url), flash, booted.etags.get(url));
    statuses.set(url, status);
  }
  return statuses;
}
