import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { doorPorts, freePorts, startNode } from '../kit/nodes.ts';
import { ask, type Answer } from '../kit/product.ts';
import { fetchTftp, RawClient } from '../kit/tftp-client.ts';
import { addDeskPhone, fetchFile, openFirm, untilServed, type Firm } from './desk-phones.ts';

const TIMEOUT_MILLISECONDS = 180_000;
const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0;

let close: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const one of close.toReversed()) await one();
  close = [];
});

const descriptorsOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** How many files and connections a process may have open from now on. */
const allow = (pid: number, count: number): void => {
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${count}:`]);
};

/** Connections that say nothing. */
function lingering(port: number, count: number): readonly Socket[] {
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  close.push(() => {
    for (const socket of sockets) socket.destroy();
  });
  return sockets;
}

const label = ({ node, token }: Firm, path: string, agent: HttpAgent, text: string): Promise<Answer> =>
  ask(`${node.door('admin')}/api/v1${path}`, {
    method: 'PATCH',
    agent,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ label: text }),
  });

const GIVEN_UP = 'no answer';
/** A connection may be closed at once, or wait with the kernel until there is a descriptor for it. */
const orNothing = (answer: Promise<Answer>): Promise<number | string> =>
  Promise.race([answer.then(({ status }) => status).catch(() => GIVEN_UP), delay(1_500, GIVEN_UP, { ref: false })]);

describe.skipIf(!hasPrlimit)('with limits of its own (skipped where prlimit is not there)', () => {
  test(
    'C3 with no file descriptor left whoever is connected is served and may write, others come again, and then all go on',
    async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'offhook-crash-'));
      close.push(() => rm(dataDir, { recursive: true }));
      const [tftp = 0, metrics = 0] = await freePorts(2);
      const node = await startNode({
        address: '127.0.0.1',
        ports: await doorPorts(),
        dataDir,
        environment: {
          OFFHOOK_DOORS_TFTP_OPEN: 'true',
          OFFHOOK_DOORS_TFTP_PORT: String(tftp),
          OFFHOOK_DOORS_TFTP_ADDRESS: '127.0.0.1',
          OFFHOOK_METRICS_OPEN: 'true',
          OFFHOOK_METRICS_PORT: String(metrics),
        },
      });
      close.push(node.kill);
      const linesOf = (event: string): readonly string[] => node.log().filter((line) => line.includes(`"${event}"`));
      const firm = await openFirm(node);
      const phone = await addDeskPhone(firm, 1);
      const kept = new Agent({ keepAlive: true, maxSockets: 1 });
      const admin = new HttpAgent({ keepAlive: true, maxSockets: 1 });
      close.push(() => {
        kept.destroy();
        admin.destroy();
      });
      const edited = await addDeskPhone(firm, 2);
      const { text } = await fetchFile(firm, phone, kept);
      await untilServed(firm, phone);
      expect((await label(firm, edited.path, admin, 'before')).status).toBe(200);

      const ports = (['admin', 'secure', 'spa', 'bootstrap', 'legacy'] as const).map((door) => node.port(door));
      const connected = async (round: string): Promise<void> => {
        expect((await fetchFile(firm, phone, kept)).text).toBe(text);
        expect((await label(firm, edited.path, admin, round)).status).toBe(200);
      };
      // Strangers take what is left.
      allow(node.pid, descriptorsOf(node.pid) + 10);
      const strangers = ports.flatMap((port) => lingering(port, 20));
      for (let round = 1; round <= 5; round++) await connected(`strangers ${round}`);
      expect(await orNothing(fetchFile(firm, phone))).toBe(GIVEN_UP);
      // Then the operator allows less than is open.
      allow(node.pid, 5);
      const more = [...ports, metrics].flatMap((port) => lingering(port, 5));
      for (let round = 1; round <= 5; round++) await connected(`few ${round}`);
      for (let n = 0; n < 3; n++) expect(await orNothing(fetchFile(firm, phone))).toBe(GIVEN_UP);
      const clients = await Promise.all(Array.from({ length: 30 }, () => RawClient.open({ port: tftp })));
      for (const client of clients) client.ask('spa942.cfg');
      await expect.poll(() => linesOf('tftp_session_failed').length, { timeout: 10_000 }).toBeGreaterThan(0);
      await delay(500);
      for (const client of clients) client.close();
      expect(node.isAlive()).toBe(true);

      allow(node.pid, 1024);
      for (const socket of [...strangers, ...more]) socket.destroy();
      await expect.poll(() => orNothing(fetchFile(firm, phone)), { timeout: 15_000 }).toBe(200);
      for (const door of ['admin', 'bootstrap', 'legacy'] as const)
        expect(await orNothing(ask(`${node.door(door)}/health`))).not.toBe(GIVEN_UP);
      expect((await ask(`http://127.0.0.1:${metrics}/ready`)).status).toBe(200);
      expect((await fetchTftp({ port: tftp }, 'spa942.cfg')).error).toBeUndefined();
      expect((await firm.api('GET', edited.path)).json).toMatchObject({ label: 'few 5' });
      expect(linesOf('tftp_session_failed').length).toBeLessThanOrEqual(10);
    },
    TIMEOUT_MILLISECONDS,
  );
});
