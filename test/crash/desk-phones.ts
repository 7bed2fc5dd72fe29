import type { Agent } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { Node } from '../kit/nodes.ts';
import { ask, type Answer } from '../kit/product.ts';

/** The built product with a tenant, somebody who may write, and phones. */
export interface Firm {
  readonly node: Node;
  readonly token: string;
  readonly login: { readonly name: string; readonly password: string };
  readonly api: (method: string, path: string, body?: unknown) => Promise<Answer>;
}

/** A phone with the directory that it was told once. */
export interface DeskPhone {
  readonly mac: string;
  readonly path: string;
  readonly place: string;
}

const TENANT = '/tenants/acme';

async function must(answer: Promise<Answer>): Promise<Answer> {
  const { status, text } = await answer;
  if (status >= 300) throw new Error(`${String(status)} ${text}`);
  return answer;
}

export async function openFirm(node: Node): Promise<Firm> {
  const login = { name: 'admin', password: node.firstPassword ?? '' };
  const { json } = await must(node.api('', 'POST', '/sessions', login));
  const token = String(json.token);
  const api: Firm['api'] = (method, path, body) => node.api(token, method, path, body);
  await must(api('PUT', TENANT, { title: 'Acme' }));
  await must(
    api('PUT', `${TENANT}/extensions/201`, { displayName: 'Alice', password: 'sip', serverHost: 'pbx.example.com' }),
  );
  return { node, token, login, api };
}

export async function addDeskPhone({ api }: Pick<Firm, 'api'>, n: number): Promise<DeskPhone> {
  const mac = `805ec0${n.toString(16).padStart(6, '0')}`;
  const path = `${TENANT}/phones/${mac}`;
  const lines = n === 1 ? [{ extension: '201' }] : [];
  await must(api('PUT', path, { vendor: 'yealink', model: 'T46U', label: `phone ${n}`, lines }));
  const { json } = await must(api('GET', `${path}/url`));
  return { mac, path, place: new URL(String(json.url)).pathname };
}

export const fetchFile = ({ node }: Pick<Firm, 'node'>, { place, mac }: DeskPhone, agent?: Agent): Promise<Answer> =>
  ask(`${node.door('secure')}${place}${mac}.cfg`, agent === undefined ? {} : { agent });

/** Until the phone counts as served: what it was given is on record, and no write of it is under way. */
export async function untilServed({ api }: Firm, { path }: DeskPhone): Promise<void> {
  while ((await must(api('GET', path))).json.state !== 'served') await delay(100);
}

/** Its status, and whether it says when to come back where it is to. */
export const refusal = ({ status, headers, json }: Answer): object => ({
  status,
  comesBack: Number(headers['retry-after']) > 0,
  type: String(json?.type ?? '')
    .split('/')
    .at(-1),
});
