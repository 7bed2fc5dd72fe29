import type { Node } from '../kit/nodes.ts';

/** What stands, or is to stand, at each path below the tenant: a text that no other write has. */
type Marks = ReadonlyMap<string, string>;

/** What the writers know of the product's data. */
export interface Ledger {
  /** By the last acknowledged write. */
  readonly kept: Map<string, string>;
  /** Of requests without an answer: after a crash each is there whole, or not at all. */
  readonly open: Set<Marks>;
}

export const newLedger = (): Ledger => ({ kept: new Map(), open: new Set() });

/** A phone with its extension. */
export interface Desk {
  readonly number: string;
  readonly mac: string;
}

export const deskOf = (n: number): Desk => ({
  number: String(10_000 + n),
  mac: `805ec0${n.toString(16).padStart(6, '0')}`,
});

/** Parameters that must be alike in every file. */
export const PARAMETERS = ['phone_setting.mark_one', 'phone_setting.mark_two', 'phone_setting.mark_three'] as const;

export const extensionPath = ({ number }: Desk): string => `/extensions/${number}`;
export const phonePath = ({ mac }: Desk): string => `/phones/${mac}`;
export const passwordOf = ({ number }: Desk): string => `sip-secret-${number}`;

const rawOf = (mark: string): object => Object.fromEntries(PARAMETERS.map((name) => [name, mark]));

const extensionBody = (desk: Desk, mark: string): object => ({
  displayName: mark,
  password: passwordOf(desk),
  serverHost: 'pbx.example.com',
});

const phoneBody = (desk: Desk, mark: string): object => ({
  vendor: 'yealink',
  model: 'T46U',
  label: mark,
  raw: rawOf(mark),
  lines: [{ extension: desk.number }],
});

/** One request, and what it writes. */
interface Write {
  readonly method: string;
  readonly path: string;
  readonly body: object;
  readonly marks: Marks;
}

const TENANT = '/tenants/acme';

const one = (method: string, path: string, mark: string, body: object): Write => ({
  method,
  path: `${TENANT}${path}`,
  body,
  marks: new Map([[path, mark]]),
});

/** Desks that are there already, changed one after the other. */
function* patches(desks: readonly Desk[], mark: () => string): Generator<Write, never> {
  for (;;)
    for (const desk of desks) {
      const label = mark();
      yield one('PATCH', phonePath(desk), label, { label, raw: rawOf(label) });
      const displayName = mark();
      yield one('PATCH', extensionPath(desk), displayName, { displayName });
    }
}

/** Desks that are new, then changes of the last. */
function* creations(desks: readonly Desk[], mark: () => string): Generator<Write, never> {
  for (const desk of desks) {
    const [extension, phone] = [mark(), mark()];
    yield one('PUT', extensionPath(desk), extension, extensionBody(desk, extension));
    yield one('PUT', phonePath(desk), phone, phoneBody(desk, phone));
  }
  return yield* patches(desks.slice(-1), mark);
}

/** All desks in one document, again and again: what is new at first is changed from then on. */
function* imports(desks: readonly Desk[], mark: () => string): Generator<Write, never> {
  for (;;) {
    const own = mark();
    const tenant = {
      name: 'acme',
      title: 'Acme',
      extensions: desks.map((desk) => ({ number: desk.number, ...extensionBody(desk, own) })),
      phones: desks.map((desk) => ({ mac: desk.mac, ...phoneBody(desk, own) })),
    };
    const marks = new Map(desks.flatMap((desk) => [extensionPath(desk), phonePath(desk)].map((path) => [path, own])));
    yield { method: 'POST', path: '/apply', body: { tenants: [tenant] }, marks };
  }
}

export const WRITERS = { patches, creations, imports } as const;
export type Writer = Generator<Write, never>;

/** Where the writers write. */
export interface Target {
  readonly node: Node;
  readonly token: string;
  readonly ledger: Ledger;
}

/** Whether it was acknowledged; no answer at all is what a crash looks like. A refusal is an error. */
async function send({ node, token, ledger }: Target, { method, path, body, marks }: Write): Promise<boolean> {
  ledger.open.add(marks);
  const answer = await node.api(token, method, path, body).catch(() => undefined);
  if (answer === undefined) return false;
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${String(answer.status)} ${answer.text}`);
  ledger.open.delete(marks);
  for (const [at, mark] of marks) ledger.kept.set(at, mark);
  return true;
}

/** Sends the first of these writes, which must be acknowledged. */
export async function writeOnce(target: Target, writes: Writer): Promise<void> {
  if (!(await send(target, writes.next().value))) throw new Error('no answer');
}

/** Sends one write after the other until the product is gone. */
export async function writeUntilKilled(target: Target, writes: Writer, acknowledged: () => void): Promise<void> {
  while (await send(target, writes.next().value)) acknowledged();
}
