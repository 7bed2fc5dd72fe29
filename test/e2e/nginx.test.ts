import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendRaw, statusOf } from '../kit/attack.ts';
import { freePorts, startNodes, type Node } from '../kit/nodes.ts';
import { factoryCertificate, shown } from '../kit/phones.ts';
import { hasPostgres, startPostgres, type TestPostgres } from '../kit/postgres.ts';
import { ask, type Answer } from '../kit/product.ts';
import { createTestCa } from '../kit/test-ca.ts';
import { missingTools } from '../kit/tools.ts';

const hasStream = spawnSync('ls', ['/etc/nginx/modules-enabled']).stdout.toString().includes('stream');
const missing = [
  ...missingTools('nginx'),
  ...(hasStream ? [] : ['libnginx-mod-stream']),
  ...((await hasPostgres()) ? [] : ['postgresql']),
];

// Loopback has many addresses: the client's is none that nginx or a process has.
const CLIENT = '127.0.0.77';
const MAC = '805ec0000051';
const PRESET = { secure: 1444, spa: 1447, bootstrap: 1445, legacy: 5555, admin: 8080 } as const;

describe.skipIf(missing.length > 0)(
  `the nginx configuration that is shipped${missing.length === 0 ? '' : ` (skipped: no ${missing.join(', ')})`}`,
  () => {
    let postgres: TestPostgres;
    let directory: string;
    let nodes: readonly Node[];
    let first: Node;
    let nginx: ChildProcess;
    let token = '';
    const front: Record<string, number> = {};

    /** The shipped file with this test's addresses and ports in the places of its own. */
    function written(): string {
      let text = readFileSync(new URL('../../deploy/nginx/offhook.conf', import.meta.url), 'utf8');
      for (const [door, preset] of Object.entries(PRESET)) {
        const port = first.port(door as keyof typeof PRESET);
        text = text
          .replaceAll(`192.0.2.11:${preset}`, `127.0.0.11:${port}`)
          .replaceAll(`192.0.2.12:${preset}`, `127.0.0.12:${port}`)
          .replaceAll(`listen ${door === 'admin' ? 443 : preset}`, `listen 127.0.0.1:${front[door] ?? 0}`);
      }
      return text
        .replaceAll('/etc/nginx/offhook/', `${directory}/`)
        .replace('worker_processes auto', 'worker_processes 1');
    }

    const at = (door: keyof typeof PRESET): string =>
      `${door === 'bootstrap' || door === 'legacy' ? 'http' : 'https'}://127.0.0.1:${front[door] ?? 0}`;

    beforeAll(async () => {
      postgres = await startPostgres();
      directory = await mkdtemp(join(tmpdir(), 'offhook-nginx-'));
      nodes = await startNodes({
        url: await postgres.createDatabase(),
        directory,
        count: 2,
        environment: {
          OFFHOOK_TRUSTEDPROXIES: '["127.0.0.1/32"]',
          OFFHOOK_DOORS_SECURE_PROXYPROTOCOL: 'true',
          OFFHOOK_DOORS_SPA_PROXYPROTOCOL: 'true',
        },
      });
      const [one] = nodes;
      if (one === undefined) throw new Error('two were started');
      first = one;
      const ports = await freePorts(5);
      Object.keys(PRESET).forEach((door, n) => (front[door] = ports[n] ?? 0));
      const own = await createTestCa('Admin CA', { keyType: 'ec' });
      const certificate = await own.issue({ keyType: 'ec', hosts: ['prov.example.com'] });
      await writeFile(join(directory, 'admin.pem'), certificate.chain);
      await writeFile(join(directory, 'admin.key'), certificate.key);
      await writeFile(join(directory, 'ca.pem'), (await ask(`${first.door('bootstrap')}/ca.pem`)).text);
      const file = join(directory, 'nginx.conf');
      await writeFile(file, written());
      const globals = `daemon off; pid ${directory}/nginx.pid; error_log ${directory}/error.log;`;
      nginx = spawn('nginx', ['-c', file, '-g', globals], { env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` } });
      for (let open = false; !open;) {
        if (nginx.exitCode !== null) throw new Error(readFileSync(`${directory}/error.log`, 'utf8'));
        const probe = connect(front['bootstrap'] ?? 0, '127.0.0.1');
        open = await Promise.race([
          once(probe, 'connect').then(() => true),
          once(probe, 'close').then(() => false),
        ]).catch(() => false);
        probe.destroy();
        if (!open) await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const password = nodes.map((node) => node.firstPassword).find((found) => found !== undefined);
      const session = await throughAdmin('POST', '/sessions', { name: 'admin', password });
      token = String(session.json.token);
    }, 120_000);
    afterAll(async () => {
      const gone = once(nginx, 'exit');
      nginx.kill('SIGTERM');
      await gone;
      await Promise.all(nodes.map((node) => node.kill()));
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    });

    const throughAdmin = (method: string, path: string, body?: unknown): Promise<Answer> =>
      ask(`${at('admin')}/api/v1${path}`, {
        method,
        headers: {
          host: 'prov.example.com',
          ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });

    async function records(): Promise<
      readonly { readonly address: string; readonly file: string; readonly proof: string }[]
    > {
      // Each process writes its journal four times a second.
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return (await throughAdmin('GET', '/journal?limit=500')).json.items;
    }

    test('brings every door to both processes with the client’s own address, and certificates with TLS', async () => {
      const makerCa = await createTestCa('Yealink factory', { keyType: 'ec' });
      await throughAdmin('PUT', '/tenants/acme', { title: 'Acme' });
      await throughAdmin('PUT', '/tenants/acme/extensions/201', {
        password: 'sip-secret',
        serverHost: 'pbx.example.com',
      });
      await throughAdmin('PUT', `/tenants/acme/phones/${MAC}`, { vendor: 'yealink', model: 'T46U', lines: ['201'] });
      await throughAdmin('POST', '/authorities', { vendor: 'yealink', pem: makerCa.certificate });
      const certificate = shown(await factoryCertificate(makerCa, 'yealink', MAC));
      const file = `/${MAC}.cfg`;
      const forged = { 'x-forwarded-for': '10.9.9.9', forwarded: 'for=10.9.9.9', 'x-real-ip': '10.9.9.9' };
      for (let turn = 0; turn < 4; turn += 1)
        for (const door of ['bootstrap', 'legacy', 'spa'] as const)
          await ask(`${at(door)}${file}`, { localAddress: CLIENT, headers: forged });
      let served = 0;
      for (let tries = 0; served < 4 && tries < 100; tries += 1) {
        const answer = await ask(`${at('secure')}${file}`, { localAddress: CLIENT, certificate });
        if (answer.text.includes('sip-secret')) served += 1;
        else await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect(served).toBe(4);
      const seen = await records();
      expect(seen.length).toBeGreaterThanOrEqual(16);
      // What the test itself asked for at a process, not through nginx, came from there.
      expect(new Set(seen.filter((one) => one.file.includes(MAC)).map((one) => one.address))).toEqual(
        new Set([CLIENT]),
      );
      expect(seen.some((one) => one.proof === 'certificate')).toBe(true);
    }, 90_000);

    const SMUGGLED = 'GET /805ec0000066.cfg HTTP/1.1\r\nHost: prov.example.com\r\n\r\n';
    const pair = (headers: string, body: string): string =>
      `POST /805ec0000055.cfg HTTP/1.1\r\nHost: prov.example.com\r\n${headers}\r\n\r\n${body}`;

    test.each([
      [
        'CL and TE',
        pair(`Content-Length: ${6 + SMUGGLED.length}\r\nTransfer-Encoding: chunked`, `0\r\n\r\n${SMUGGLED}`),
      ],
      ['TE and CL', pair('Transfer-Encoding: chunked\r\nContent-Length: 4', `5c\r\n${SMUGGLED}\r\n0\r\n\r\n`)],
      ['two lengths', pair('Content-Length: 0\r\nContent-Length: 60', SMUGGLED)],
      ['a length with a sign', pair('Content-Length: +60', SMUGGLED)],
      ['an unknown coding', pair('Transfer-Encoding: xchunked', SMUGGLED)],
      ['chunked and another coding', pair('Transfer-Encoding: chunked, identity', `0\r\n\r\n${SMUGGLED}`)],
      ['a blank before the colon', pair('Transfer-Encoding : chunked', `0\r\n\r\n${SMUGGLED}`)],
      ['a folded line', pair('X-Any: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 5', `0\r\n\r\n${SMUGGLED}`)],
      ['two hosts', `GET /805ec0000055.cfg HTTP/1.1\r\nHost: a.example.com\r\nHost: b.example.com\r\n\r\n${SMUGGLED}`],
    ])('C5 %s: refused, the connection closed, and nothing hidden in it is a request', async (_, bytes) => {
      const answer = await sendRaw(at('bootstrap'), bytes);
      expect(statusOf(answer)).toBeGreaterThanOrEqual(400);
      expect(answer.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
    });

    test('C5 after all of them each client is answered its own, and no hidden request was ever made', async () => {
      const absolute = await sendRaw(
        at('bootstrap'),
        'GET http://other.example.com/805ec0000057.cfg HTTP/1.1\r\nHost: prov.example.com\r\nConnection: close\r\n\r\n',
      );
      expect(absolute.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
      expect(statusOf(absolute)).toBe(200);
      const phones = Array.from({ length: 6 }, (_, n) => `805ec00000${70 + n}`);
      const paths = await Promise.all(
        phones.map(async (mac) => {
          const phone = `/tenants/acme/phones/${mac}`;
          await throughAdmin('PUT', phone, { vendor: 'yealink', model: 'T46U' });
          return `/p/${String((await throughAdmin('GET', `${phone}/credentials`)).json.token)}/`;
        }),
      );
      // A phone's file names the path that it was asked under, so nobody's can be taken for another's.
      const ask20 = Array.from({ length: 20 }, async (_, n) => {
        const path = paths[n % 6] ?? '';
        const { text } = await ask(`${at('bootstrap')}${path}${phones[n % 6] ?? ''}.cfg`);
        return paths.filter((other) => text.includes(other)).join() === path;
      });
      expect(await Promise.all(ask20)).toEqual(ask20.map(() => true));
      expect((await records()).filter((one) => one.file.includes('805ec0000066'))).toEqual([]);
    });
  },
);
