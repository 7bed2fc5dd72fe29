import { readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { doorPorts, startNode, type Node } from '../kit/nodes.ts';
import { ask, type Answer } from '../kit/product.ts';
import { addDeskPhone, fetchFile, openFirm, untilServed, type DeskPhone, type Firm } from './desk-phones.ts';

const TIMEOUT_MILLISECONDS = 180_000;

/** libfaketime, where Debian's package `faketime` puts it. */
function findLibrary(): string | undefined {
  for (const machine of readdirSync('/usr/lib', { withFileTypes: true })) {
    if (!machine.isDirectory() || !machine.name.endsWith('-linux-gnu')) continue;
    const place = join('/usr/lib', machine.name, 'faketime');
    try {
      if (readdirSync(place).includes('libfaketimeMT.so.1')) return join(place, 'libfaketimeMT.so.1');
    } catch {
      // Not there: the next machine.
    }
  }
  return undefined;
}
const library = findLibrary();

let close: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const one of close.toReversed()) await one();
  close = [];
});

/** A machine whose clock can be set while the product runs; time goes on from there. */
interface Machine {
  readonly set: (days: number) => void;
  readonly start: () => Promise<Node>;
}

async function machineWithClock(): Promise<Machine> {
  const directory = await mkdtemp(join(tmpdir(), 'offhook-clock-'));
  close.push(() => rm(directory, { recursive: true }));
  const file = join(directory, 'clock');
  const set = (days: number): void => {
    writeFileSync(file, `${days >= 0 ? '+' : ''}${days}d\n`);
  };
  set(0);
  const ports = await doorPorts();
  const environment = {
    LD_PRELOAD: library ?? '',
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    // What is set on a machine is the time of day; how long something takes is measured by another clock.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    OFFHOOK_GUARD_MISSESPERMINUTE: '5',
    OFFHOOK_GUARD_MISSESTOBAN: '10',
  };
  const start = async (): Promise<Node> => {
    const node = await startNode({ address: '127.0.0.1', ports, dataDir: join(directory, 'data'), environment });
    close.push(node.kill);
    return node;
  };
  return { set, start };
}

const yearIn = ({ headers }: Answer): number => new Date(String(headers.date)).getFullYear();

/** Somebody at another address, who guesses. */
const guess = ({ node }: Firm, n: number): Promise<Answer> =>
  ask(`${node.door('bootstrap')}/805ec00f${n.toString(16).padStart(4, '0')}.cfg`, { localAddress: '127.0.0.9' });

async function guessUntilBanned(firm: Firm, from: number): Promise<void> {
  for (let n = from; n < from + 40; n++) await guess(firm, n);
  const { json } = await firm.api('GET', '/bans');
  expect((json as { items: object[] }).items).toMatchObject([{ source: '127.0.0.9' }]);
}

const logIn = ({ node, login }: Firm, password = login.password): Promise<Answer> =>
  node.api('', 'POST', '/sessions', { ...login, password });

/** The same firm after a login, which has to be right. */
async function withSession(firm: Firm, node = firm.node): Promise<Firm> {
  const session = await logIn({ ...firm, node });
  expect(session.status).toBe(201);
  const token = String(session.json.token);
  return { ...firm, node, token, api: (method, path, body) => node.api(token, method, path, body) };
}

/** Everything that is done every day. */
async function useEverything(firm: Firm, old: DeskPhone, text: string, n: number): Promise<void> {
  expect((await fetchFile(firm, old)).text).toBe(text);
  const phone = await addDeskPhone(firm, n);
  expect((await fetchFile(firm, phone)).status).toBe(200);
  await untilServed(firm, phone);
  expect((await firm.api('PATCH', phone.path, { label: 'changed' })).status).toBe(200);
  expect((await ask(`${firm.node.door('admin')}/ready`)).status).toBe(200);
}

describe.skipIf(library === undefined)(
  'with a clock of its own (skipped where the package faketime is not there)',
  () => {
    test(
      'C3 the clock goes back a day, forward ten years and back again: phones are served throughout, and nothing lasts until then',
      async () => {
        const machine = await machineWithClock();
        const firm = await openFirm(await machine.start());
        const year = new Date().getFullYear();
        const phone = await addDeskPhone(firm, 1);
        const { text } = await fetchFile(firm, phone);
        await untilServed(firm, phone);

        machine.set(-1);
        await useEverything(firm, phone, text, 2);

        machine.set(3653);
        expect((await fetchFile(firm, phone)).text).toBe(text);
        // Node writes the header once a second.
        await expect.poll(async () => yearIn(await fetchFile(firm, phone)), { timeout: 5_000 }).toBe(year + 10);
        expect((await firm.api('GET', phone.path)).status).toBe(401);
        const later = await withSession(firm);
        await useEverything(later, phone, text, 3);
        await guessUntilBanned(later, 0);
        // Ten wrong passwords within a quarter of an hour are too many.
        for (let n = 0; n < 11; n++) await logIn(firm, 'wrong');
        expect((await logIn(firm)).status).toBe(429);

        machine.set(0);
        await expect.poll(async () => yearIn(await fetchFile(firm, phone)), { timeout: 5_000 }).toBe(year);
        expect((await guess(firm, 100)).status).not.toBe(429);
        expect((await later.api('GET', phone.path)).status).toBe(401);
        const again = await withSession(firm);
        await useEverything(again, phone, text, 4);
        await guessUntilBanned(again, 200);
        expect(again.node.isAlive()).toBe(true);
      },
      TIMEOUT_MILLISECONDS,
    );

    test(
      'C3 work that a process took while its clock was ten years ahead is done by the next one, whose clock is right',
      async () => {
        const machine = await machineWithClock();
        machine.set(3653);
        const firm = await openFirm(await machine.start());
        const phone = await addDeskPhone(firm, 1);
        await fetchFile(firm, phone);
        await untilServed(firm, phone);
        await firm.node.kill();
        machine.set(0);
        const now = await withSession(firm, await machine.start());
        expect((await fetchFile(now, phone)).status).toBe(200);
        expect((await now.api('PATCH', '/tenants/acme', { title: 'Acme Limited' })).status).toBe(200);
        // Everything of the tenant may have changed: a process beside the requests has to compare.
        await untilServed(now, phone);
      },
      TIMEOUT_MILLISECONDS,
    );
  },
);
