import { readParams } from '../../src/simulate/readers.ts';
import { ask, type Answer, type TestProduct } from './product.ts';

/** A phone of each maker, as different as they come: `name = value`, XML elements, XML attributes, a flat profile. */
export const MAKERS = {
  yealink: { model: 'T46U', oui: '805ec0', format: 'ini' },
  snom: { model: 'D785', oui: '000413', format: 'xml_settings' },
  polycom: { model: 'VVX411', oui: '64167f', format: 'xml_attributes' },
  'cisco-spa': { model: 'SPA504G', oui: '002699', format: 'xml_elements' },
} as const;
export type Maker = keyof typeof MAKERS;
export const MAKER_NAMES = Object.keys(MAKERS) as readonly Maker[];

/** Something for each maker. */
export type OfEach<T> = Readonly<Record<Maker, T>>;

export async function ofEach<T>(make: (maker: Maker) => Promise<T>): Promise<OfEach<T>> {
  const entries: [Maker, T][] = [];
  for (const maker of MAKER_NAMES) entries.push([maker, await make(maker)]);
  return Object.fromEntries(entries) as OfEach<T>;
}

let macs = 0;
/** A MAC with the maker's OUI and a low suffix, never the same twice in one file of tests. */
export const nextMac = (maker: Maker): string => `${MAKERS[maker].oui}${(++macs).toString(16).padStart(6, '0')}`;

/** The answer of an API call, with the fields that a test is about. */
export async function read<T>(offhook: TestProduct, path: string): Promise<T> {
  return (await offhook.must('GET', path)) as T;
}

/** A phone's file, read as the phone reads it. */
export interface OwnFile {
  readonly url: string;
  readonly answer: Answer;
  readonly params: ReadonlyMap<string, string>;
}

/** The directory that the product hands out for a phone, and the names of the files in it. */
export async function placeOf(
  offhook: TestProduct,
  tenant: string,
  phone: string,
): Promise<{ readonly directory: string; readonly files: readonly string[] }> {
  const { url } = await read<{ url: string }>(offhook, `/tenants/${tenant}/phones/${phone}/url`);
  const { files } = await read<{ files: { name: string }[] }>(offhook, `/tenants/${tenant}/phones/${phone}/files`);
  return { directory: url, files: files.map(({ name }) => name) };
}

/** Fetches the file with a phone's settings at the phone's own URL, through the door that URL names. */
export async function fetchOwn(offhook: TestProduct, tenant: string, maker: Maker, phone: string): Promise<OwnFile> {
  const { directory, files } = await placeOf(offhook, tenant, phone);
  const url = `${directory}${files[0] ?? ''}`;
  const answer = await ask(url);
  return { url, answer, params: readParams(MAKERS[maker].format, answer.text) };
}

/** What is written down for all four phones alike. */
export interface Wanted {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly keys?: Readonly<Record<string, unknown>>;
  readonly line?: Readonly<Record<string, unknown>>;
  readonly extension?: Readonly<Record<string, unknown>>;
}

/** A tenant with a phone of each maker, each with a template and an extension of its own. */
export interface Office {
  readonly tenant: string;
  readonly macs: OfEach<string>;
  /** Writes other settings and keys into the templates, other line settings into the phones. */
  readonly write: (wanted: Wanted | OfEach<Wanted>) => Promise<void>;
  /** Every phone fetches its file. */
  readonly fetch: () => Promise<OfEach<OwnFile>>;
}

const isOfEach = (wanted: Wanted | OfEach<Wanted>): wanted is OfEach<Wanted> => 'yealink' in wanted;

export async function openOffice(
  offhook: TestProduct,
  tenant: string,
  wanted: Wanted | OfEach<Wanted> = {},
): Promise<Office> {
  await offhook.must('PUT', `/tenants/${tenant}`, { title: tenant });
  const macsOfEach = Object.fromEntries(MAKER_NAMES.map((maker) => [maker, nextMac(maker)])) as OfEach<string>;
  const write = async (now: Wanted | OfEach<Wanted>): Promise<void> => {
    for (const [index, maker] of MAKER_NAMES.entries()) {
      const { settings = {}, keys, line = {}, extension } = isOfEach(now) ? now[maker] : now;
      const number = `20${String(index + 1)}`;
      await offhook.must('PUT', `/tenants/${tenant}/extensions/${number}`, {
        password: `sip-secret-${number}`,
        serverHost: 'pbx.example.com',
        ...extension,
      });
      await offhook.must('PUT', `/tenants/${tenant}/templates/${maker}`, {
        vendor: maker,
        models: [MAKERS[maker].model],
        settings,
        ...(keys === undefined ? {} : { keys }),
      });
      await offhook.must('PUT', `/tenants/${tenant}/phones/${macsOfEach[maker]}`, {
        vendor: maker,
        model: MAKERS[maker].model,
        template: maker,
        lines: [{ extension: number, settings: line }],
      });
    }
  };
  await write(wanted);
  return {
    tenant,
    macs: macsOfEach,
    write,
    fetch: () => ofEach((maker) => fetchOwn(offhook, tenant, maker, macsOfEach[maker])),
  };
}

/** Of what the phones have read, the parameters that are named in `like`; one that is missing shows as undefined. */
export const pick = (file: OwnFile, like: Readonly<Record<string, unknown>>): Record<string, string | undefined> =>
  Object.fromEntries(Object.keys(like).map((name) => [name, file.params.get(name)]));

export interface Gap {
  readonly wanted: string;
  readonly state: string;
  readonly reason: string;
}

/** What a phone was to have and cannot be given. */
export async function gapsOf(offhook: TestProduct, tenant: string, phone: string): Promise<readonly Gap[]> {
  return (await read<{ gaps: readonly Gap[] }>(offhook, `/tenants/${tenant}/phones/${phone}/explain`)).gaps;
}
