import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Phone, ProblemBody, Template } from '../../src/api/contract.ts';
import { fetchOwn, MAKERS, nextMac, type Maker } from './office.ts';
import { ask, startTestProduct, type TestProduct } from './product.ts';

type Entries = Readonly<Record<string, unknown>>;

/** What a test writes into a maker's template and on its phone. */
export interface Written {
  readonly settings?: Entries;
  readonly keys?: Entries;
  readonly raw?: Entries;
  readonly sidecars?: { readonly type: string; readonly count: number };
  readonly firmware?: string;
  readonly model?: string;
  /** Settings of line 1. */
  readonly line?: Entries;
  /** Of the extension on line 1. */
  readonly extension?: Entries;
  /** Of the phone itself. */
  readonly phone?: Entries;
}

export type Params = ReadonlyMap<string, string>;

/** A call that must be refused: the status, and the fields that the answer names. */
export interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly fields: readonly string[];
}

/** One tenant in which a test writes over REST and phones fetch through their door. */
export interface Workbench {
  readonly tenant: string;
  /** `/tenants/<tenant>/…` */
  readonly path: (rest: string) => string;
  /** Makes an extension; says its number. */
  readonly extension: (number: string, more?: Entries) => Promise<string>;
  readonly template: (name: string, body: Entries) => Promise<Template>;
  readonly phone: (mac: string, body: Entries) => Promise<Phone>;
  /** A template of this maker with a phone and one line, the same ones at every call, and what the phone then fetches. */
  readonly serve: (maker: Maker, name: string, written?: Written) => Promise<Params>;
  /** The MAC of the phone that `serve` has made. */
  readonly macOf: (maker: Maker, name: string) => string;
  readonly fetch: (maker: Maker, mac: string) => Promise<Params>;
}

/** Reads from the API of a product that is started anew with the data of one that was closed. */
export async function readAfterRestart<T>({ dataDir, login }: TestProduct, path: string): Promise<T> {
  const again = await startTestProduct({ dataDir });
  try {
    const api = `${again.door('admin')}/api/v1`;
    const headers = { 'content-type': 'application/json' };
    const session = await ask(`${api}/sessions`, { method: 'POST', headers, body: JSON.stringify(login) });
    const { token } = session.json as { token: string };
    const answer = await ask(`${api}${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (answer.status !== 200) throw new Error(`${path}: ${String(answer.status)} ${answer.text}`);
    return answer.json as T;
  } finally {
    await again.close();
  }
}

/** A data directory of its own for what `work` does. */
export async function withDataDir(work: (dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'offhook-test-'));
  try {
    await work(dataDir);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Makes a call that must be refused. */
export async function refusal(offhook: TestProduct, method: string, path: string, body?: unknown): Promise<Refusal> {
  const answer = await offhook.api(method, path, body);
  if (answer.status < 400) throw new Error(`${method} ${path} was not refused: ${answer.text}`);
  const problem = answer.json as ProblemBody;
  return {
    status: answer.status,
    type: problem.type.split('/').at(-1) ?? '',
    fields: problem.errors?.map((error) => error.field) ?? [],
  };
}

export async function openWorkbench(offhook: TestProduct, tenant: string): Promise<Workbench> {
  await offhook.must('PUT', `/tenants/${tenant}`, { title: tenant });
  const macs = new Map<string, string>();
  const path = (rest: string): string => `/tenants/${tenant}${rest}`;
  const macOf = (maker: Maker, name: string): string => {
    const known = macs.get(`${maker}/${name}`) ?? nextMac(maker);
    macs.set(`${maker}/${name}`, known);
    return known;
  };
  const bench: Workbench = {
    tenant,
    path,
    macOf,
    extension: async (number, more = {}) => {
      const usual = { password: `sip-secret-${number}`, serverHost: 'pbx.example.com' };
      await offhook.must('PUT', path(`/extensions/${number}`), { ...usual, ...more });
      return number;
    },
    template: async (name, body) => (await offhook.must('PUT', path(`/templates/${name}`), body)) as Template,
    phone: async (mac, body) => (await offhook.must('PUT', path(`/phones/${mac}`), body)) as Phone,
    fetch: async (maker, mac) => {
      const { answer, params } = await fetchOwn(offhook, tenant, maker, mac);
      if (answer.status !== 200) throw new Error(`${mac} was answered ${String(answer.status)}`);
      return params;
    },
    serve: async (maker, name, written = {}) => {
      const { line = {}, extension = {}, phone = {}, model = MAKERS[maker].model, ...template } = written;
      const both = `${name}-${maker}`;
      const mac = macOf(maker, name);
      await bench.extension(both, { displayName: 'Alice Example', ...extension });
      await bench.template(both, { vendor: maker, models: [model], ...template });
      const lines = [{ extension: both, settings: line }];
      await bench.phone(mac, { vendor: maker, model, template: both, lines, ...phone });
      return bench.fetch(maker, mac);
    },
  };
  return bench;
}

/** Of what a phone has read, these parameters; one that is not there is undefined. */
export const pick = (params: Params, ...names: readonly string[]): Record<string, string | undefined> =>
  Object.fromEntries(names.map((name) => [name, params.get(name)]));
