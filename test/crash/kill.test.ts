import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { readParams } from '../../src/simulate/readers.ts';
import { doorPorts, startNode, type Node } from '../kit/nodes.ts';
import { hasPostgres, startPostgres } from '../kit/postgres.ts';
import { ask } from '../kit/product.ts';
import {
  deskOf,
  extensionPath,
  newLedger,
  PARAMETERS,
  passwordOf,
  phonePath,
  WRITERS,
  writeOnce,
  writeUntilKilled,
  type Desk,
  type Ledger,
  type Writer,
} from './writers.ts';

const KILLS = Number(process.env['CRASH_KILLS'] ?? 3);
const SEED = Number(process.env['CRASH_SEED'] ?? 20_261_121);
const TIMEOUT_MILLISECONDS = 60_000 + KILLS * 20_000;

/** When to kill: after so many acknowledged writes of all writers, and so much longer. */
const moment = fc.record({
  acknowledged: fc.noBias(fc.integer({ min: 1, max: 60 })),
  milliseconds: fc.noBias(fc.integer({ min: 0, max: 200 })),
});

/** What is known of the product that is killed and started again. */
interface Victim {
  readonly token: string;
  readonly ledger: Ledger;
  /** Desks that some writer has begun to make. */
  readonly desks: Desk[];
  /** A phone's own directory, as the product told it once. */
  readonly places: Map<string, string>;
}

async function read<T>({ token }: Victim, node: Node, path: string): Promise<T> {
  const answer = await node.api(token, 'GET', `/tenants/acme${path}`);
  if (answer.status !== 200) throw new Error(`GET ${path}: ${String(answer.status)} ${answer.text}`);
  return answer.json as T;
}

async function listAll<T>(victim: Victim, node: Node, path: string): Promise<readonly T[]> {
  const items: T[] = [];
  for (let after = ''; ;) {
    const page = await read<{ items: T[]; next?: string }>(victim, node, `${path}?limit=1000${after}`);
    items.push(...page.items);
    if (page.next === undefined) return items;
    after = `&after=${page.next}`;
  }
}

async function findAll(victim: Victim, node: Node): Promise<Map<string, string>> {
  const extensions = await listAll<{ number: string; displayName: string }>(victim, node, '/extensions');
  const phones = await listAll<{ mac: string; label: string }>(victim, node, '/phones');
  return new Map([
    ...extensions.map(({ number, displayName }) => [`/extensions/${number}`, displayName] as const),
    ...phones.map(({ mac, label }) => [`/phones/${mac}`, label] as const),
  ]);
}

/** What was asked for and not answered is there as a whole, or not at all; from now on that is known. */
function settle({ kept, open }: Ledger, found: ReadonlyMap<string, string>): number {
  let landed = 0;
  for (const marks of open) {
    const isThere = Array.from(marks, ([path, mark]) => found.get(path) === mark);
    const isAbsent = Array.from(marks, ([path]) => found.get(path) === kept.get(path));
    expect(
      isThere.every(Boolean) || isAbsent.every(Boolean),
      `a part of one write: ${JSON.stringify(Array.from(marks, ([path]) => [path, kept.get(path), found.get(path)]))}`,
    ).toBe(true);
    if (!isThere.every(Boolean)) continue;
    landed += 1;
    for (const [path, mark] of marks) kept.set(path, mark);
  }
  open.clear();
  return landed;
}

async function placeOf(victim: Victim, node: Node, path: string): Promise<string> {
  const known = victim.places.get(path);
  if (known !== undefined) return known;
  const { url } = await read<{ url: string }>(victim, node, `${path}/url`);
  const place = new URL(url).pathname;
  victim.places.set(path, place);
  return place;
}

/** The phone as it is kept, and the file that it fetches. */
async function checkPhone(victim: Victim, node: Node, agent: Agent, desk: Desk): Promise<void> {
  const path = phonePath(desk);
  const mark = victim.ledger.kept.get(path) ?? '';
  const alike = Object.fromEntries(PARAMETERS.map((name) => [name, mark]));
  expect(await read(victim, node, path)).toMatchObject({ label: mark });
  const file = await ask(`${node.door('secure')}${await placeOf(victim, node, path)}${desk.mac}.cfg`, { agent });
  expect(file.status).toBe(200);
  expect(Object.fromEntries(readParams('ini', file.text))).toMatchObject({
    ...alike,
    'account.1.display_name': victim.ledger.kept.get(extensionPath(desk)),
    'account.1.password': passwordOf(desk),
  });
}

async function checkAll(victim: Victim, node: Node): Promise<number> {
  const found = await findAll(victim, node);
  const landed = settle(victim.ledger, found);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(victim.ledger.kept));
  const phones = victim.desks.filter((desk) => found.has(phonePath(desk)));
  const agent = new Agent({ keepAlive: true });
  for (let first = 0; first < phones.length; first += 8)
    await Promise.all(phones.slice(first, first + 8).map((desk) => checkPhone(victim, node, agent, desk)));
  agent.destroy();
  return landed;
}

/** Makes numbered desks that nobody has. */
function newDesks({ desks }: Victim, count: number): readonly Desk[] {
  const made = Array.from({ length: count }, (_, n) => deskOf(desks.length + n));
  desks.push(...made);
  return made;
}

/** Writes with all writers at once, and kills in the midst of it. Says how much was acknowledged. */
async function writeAndKill(
  victim: Victim,
  node: Node,
  writers: readonly Writer[],
  when: { readonly acknowledged: number; readonly milliseconds: number },
): Promise<number> {
  let acknowledged = 0;
  let reached = (): void => undefined;
  const enough = new Promise<void>((resolve) => (reached = resolve));
  const count = (): void => {
    acknowledged += 1;
    if (acknowledged === when.acknowledged) reached();
  };
  const written = Promise.all(writers.map((writes) => writeUntilKilled({ ...victim, node }, writes, count)));
  await Promise.race([enough, written]);
  await delay(when.milliseconds);
  await node.kill();
  await written;
  return acknowledged;
}

async function firstLogin(node: Node): Promise<string> {
  const session = await node.api('', 'POST', '/sessions', { name: 'admin', password: node.firstPassword });
  return String(session.json.token);
}

/** Kills the product as often as asked for, with documents of so many desks; after each start everything is looked at. */
async function crash(name: string, documentDesks: number, start: () => Promise<Node>): Promise<void> {
  let node = await start();
  try {
    const victim: Victim = { token: await firstLogin(node), ledger: newLedger(), desks: [], places: new Map() };
    let marks = 0;
    const mark = (): string => `Mark ${++marks}`;
    await node.api(victim.token, 'PUT', '/tenants/acme', { title: 'Acme' });
    const old = [newDesks(victim, 3), newDesks(victim, 3)];
    const imported = [newDesks(victim, documentDesks), newDesks(victim, documentDesks)];
    for (const desks of old) await writeOnce({ ...victim, node }, WRITERS.imports(desks, mark));
    let acknowledged = 0;
    let unanswered = 0;
    let landed = 0;
    for (const when of fc.sample(moment, { numRuns: KILLS, seed: SEED })) {
      const writers = [
        ...old.map((desks) => WRITERS.patches(desks, mark)),
        ...old.map(() => WRITERS.creations(newDesks(victim, 3), mark)),
        ...imported.map((desks) => WRITERS.imports([...desks, ...newDesks(victim, 1)], mark)),
      ];
      acknowledged += await writeAndKill(victim, node, writers, when);
      unanswered += victim.ledger.open.size;
      node = await start();
      landed += await checkAll(victim, node);
    }
    expect(acknowledged).toBeGreaterThanOrEqual(KILLS);
    expect(unanswered).toBeGreaterThan(0);
    process.stdout.write(
      `${name}: ${KILLS} kills, ${acknowledged} acknowledged writes are there; of ${unanswered} without an answer ${landed} are, whole\n`,
    );
  } finally {
    await node.kill();
  }
}

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'offhook-crash-'));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

test(
  'C2 on SQLite, kill -9 takes no acknowledged write, leaves every phone readable and an import whole or absent',
  () =>
    inDirectory(async (dataDir) => {
      const ports = await doorPorts();
      // It writes a document without a pause: only of a large one a kill hits the midst.
      await crash('SQLite', 10, () => startNode({ address: '127.0.0.1', ports, dataDir, environment: {} }));
    }),
  TIMEOUT_MILLISECONDS,
);

const there = await hasPostgres();

describe.skipIf(!there)(`PostgreSQL${there ? '' : ' (skipped: this machine has no PostgreSQL server)'}`, () => {
  test(
    'C2 on PostgreSQL, kill -9 takes no acknowledged write, leaves every phone readable and an import whole or absent',
    () =>
      inDirectory(async (dataDir) => {
        const postgres = await startPostgres();
        try {
          const ports = await doorPorts();
          const environment = { OFFHOOK_STORE_KIND: 'postgres', OFFHOOK_STORE_URL: await postgres.createDatabase() };
          await crash('PostgreSQL', 4, () => startNode({ address: '127.0.0.1', ports, dataDir, environment }));
        } finally {
          await postgres.stop();
        }
      }),
    TIMEOUT_MILLISECONDS,
  );
});
