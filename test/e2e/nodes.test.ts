import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchTftp } from '../../src/simulate/tftp-client.ts';
import { digest, nonceOf } from '../kit/digest.ts';
import { startNodes, type Node } from '../kit/nodes.ts';
import { shown } from '../kit/phones.ts';
import { hasPostgres, startPostgres, type TestPostgres } from '../kit/postgres.ts';
import { ask, type Answer } from '../kit/product.ts';
import { createTestCa, type TestCa } from '../kit/test-ca.ts';

const there = await hasPostgres();

// The built product, as three processes on one store, started at the same time.
describe.skipIf(!there)(`three processes${there ? '' : ' (skipped: this machine has no PostgreSQL server)'}`, () => {
  let postgres: TestPostgres;
  let url: string;
  let directory: string;
  let nodes: readonly Node[];
  let a: Node;
  let b: Node;
  let c: Node;
  let token: string;
  let makerCa: TestCa;

  beforeAll(async () => {
    postgres = await startPostgres();
    directory = await mkdtemp(join(tmpdir(), 'offhook-nodes-'));
    url = await postgres.createDatabase();
    const environment = {
      OFFHOOK_DOORS_TFTP_OPEN: 'true',
      OFFHOOK_FIRMWARE_FILEMEGABYTES: '2',
      OFFHOOK_FIRMWARE_QUOTAMEGABYTES: '3',
    };
    nodes = await startNodes({ url, directory, count: 3, environment });
    const [first, second, third] = nodes;
    if (first === undefined || second === undefined || third === undefined) throw new Error('three were started');
    [a, b, c] = [first, second, third];
    const password = nodes.map((node) => node.firstPassword).find((one) => one !== undefined) ?? '';
    const session = await a.api('', 'POST', '/sessions', { name: 'admin', password });
    token = String(session.json.token);
    makerCa = await createTestCa('Yealink factory', { keyType: 'ec' });
  }, 120_000);
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.kill()));
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const must = async (node: Node, method: string, path: string, body?: unknown): Promise<Answer['json']> => {
    const answer = await node.api(token, method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${String(answer.status)} ${answer.text}`);
    return answer.json;
  };

  const macOf = (n: number): string => `805ec000000${n}`;

  /** A phone with a line, written at one node; its own URL's path. */
  async function addPhone(node: Node, n: number, tenant = 'acme'): Promise<string> {
    const extension = `20${n}`;
    await must(node, 'PUT', `/tenants/${tenant}/extensions/${extension}`, {
      displayName: `Person ${n}`,
      password: `sip-secret-${n}`,
      serverHost: '1.1.1.1',
    });
    const path = `/tenants/${tenant}/phones/${macOf(n)}`;
    await must(node, 'PUT', path, { vendor: 'yealink', model: 'T46U', lines: [{ extension }] });
    const { url } = (await must(node, 'GET', `${path}/url`)) as { readonly url: string };
    return `${new URL(url).pathname}${macOf(n)}.cfg`;
  }

  /** Asks until it is so, for a while that no noise reaches; says how long it took. */
  async function until(isSo: () => Promise<boolean>, milliseconds = 15_000): Promise<number> {
    const startedAt = performance.now();
    while (!(await isSo())) {
      if (performance.now() - startedAt > milliseconds) throw new Error('waited in vain');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return performance.now() - startedAt;
  }

  const talk = (
    node: Node,
    options: ConnectionOptions,
    path: string,
  ): Promise<{ text: string; session: Buffer | undefined; reused: boolean }> =>
    new Promise((resolve, reject) => {
      const socket = connect({
        host: node.address,
        port: node.port('secure'),
        rejectUnauthorized: false,
        maxVersion: 'TLSv1.2',
        ...options,
      });
      let text = '';
      let reused = false;
      let session: Buffer | undefined;
      socket.once('secureConnect', () => {
        reused = socket.isSessionReused();
        session = socket.getSession();
        socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      });
      socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
      socket.on('error', reject);
      socket.on('close', () => {
        resolve({ text, session, reused });
      });
    });

  test('that start at once make the schema, the first operator and the CA once', async () => {
    expect(nodes.filter((node) => node.firstPassword !== undefined)).toHaveLength(1);
    expect(token).not.toBe('');
    const authorities = await Promise.all(nodes.map((node) => ask(`${node.door('bootstrap')}/ca.pem`)));
    expect(authorities[0]?.text).toContain('BEGIN CERTIFICATE');
    expect(new Set(authorities.map(({ text }) => text)).size).toBe(1);
    for (const node of nodes) expect((await must(node, 'GET', '/users')).items).toHaveLength(1);
  });

  test('serve any phone at any of them, each with the same bytes, and a change at the next request', async () => {
    await must(a, 'PUT', '/tenants/acme', { title: 'Acme' });
    const path = await addPhone(a, 1);
    const fetchAll = (): Promise<readonly Answer[]> =>
      Promise.all(nodes.map((node) => ask(`${node.door('secure')}${path}`)));
    const every = async (part: string | RegExp): Promise<void> => {
      const answers = await fetchAll();
      for (const { text } of answers) expect(text).toMatch(part);
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    };
    await every('account.1.password = sip-secret-1');
    // Every node has it in its cache now; each change is made at another one.
    await must(b, 'PATCH', '/tenants/acme/extensions/201', { displayName: 'Changed' });
    await every('account.1.display_name = Changed');
    await must(c, 'PUT', '/mappings/1.1.1.1', { to: 'pbx.example.com' });
    await every('pbx.example.com');
    await must(a, 'PUT', '/tenants/acme/mappings/1.1.1.1', { to: 'sip.acme.example.com' });
    await every('sip.acme.example.com');
    await must(b, 'PATCH', '/platform', { settings: { 'time.ntp1': 'ntp.example.com' } });
    await every('ntp.example.com');
    await must(c, 'PATCH', '/tenants/acme', { settings: { 'time.ntp1': 'ntp.acme.example.com' } });
    await every('ntp.acme.example.com');
    await must(a, 'PATCH', `/tenants/acme/phones/${macOf(1)}`, { blocked: true });
    for (const { text } of await fetchAll()) expect(text).not.toContain('sip-secret-1');
  });

  test('A2 take a digest over another’s nonce, and refuse it a second time wherever it is sent', async () => {
    await must(b, 'PUT', '/tenants/digest', { title: 'Digest', policy: { httpAuth: 'digest' } });
    await addPhone(a, 2, 'digest');
    const credentials = await must(a, 'GET', `/tenants/digest/phones/${macOf(2)}/credentials`);
    const tenant = await must(a, 'GET', '/tenants/digest/credentials');
    const uri = `/t/${String(tenant.token)}/${macOf(2)}.cfg`;
    const send = (node: Node, authorization?: string): Promise<Answer> =>
      ask(`${node.door('secure')}${uri}`, authorization === undefined ? {} : { headers: { authorization } });
    const answer = (nonce: string, count = '00000001'): string =>
      digest({ nonce, uri, user: credentials.httpUser, password: credentials.httpPassword, count });

    const challenged = await send(a);
    expect(challenged.status).toBe(401);
    const authorization = answer(nonceOf(challenged));
    expect((await send(b, authorization)).text).toContain('sip-secret-2');
    let fresh = '';
    for (const node of nodes) {
      const replayed = await send(node, authorization);
      expect(replayed.status).toBe(401);
      expect(replayed.headers['www-authenticate']).toContain('stale=true');
      fresh = nonceOf(replayed);
    }
    // Never round in circles: the nonce that came with the refusal is good everywhere.
    expect((await send(a, answer(fresh))).status).toBe(200);
    expect((await send(b, answer(fresh, '00000002'))).status).toBe(200);
    const atOnce = await Promise.all(nodes.map((node) => send(node, answer(fresh, '00000003'))));
    expect(atOnce.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expect((await send(c, answer('1-forged-by-somebody'))).status).toBe(401);
  });

  test('resume each other’s TLS sessions, with the phone’s certificate and the intermediate that only one was sent', async () => {
    const path = await addPhone(a, 3);
    const issuing = await makerCa.issueCa('Yealink issuing', { keyType: 'ec' });
    const certificate = shown(await issuing.issue({ keyType: 'ec', subject: [['CN', macOf(3)]] }));
    await must(a, 'POST', '/authorities', { vendor: 'yealink', pem: makerCa.certificate });
    const file = `/${macOf(3)}.cfg`;
    expect(path).toContain(file);
    // The others look at the store once a second.
    for (const node of [b, c])
      await until(async () => (await talk(node, certificate, file)).text.includes('sip-secret-3'));

    const { session } = await talk(b, certificate, file);
    if (session === undefined) throw new Error('no session');
    await until(async () => {
      const resumed = await talk(a, { ...certificate, session }, file);
      expect(resumed.reused).toBe(true);
      return resumed.text.includes('sip-secret-3');
    });
    const third = await talk(c, { ...certificate, session }, file);
    expect(third.reused).toBe(true);
    expect(third.text).toContain('sip-secret-3');

    // A record reaches the journal after the answer it is about.
    let fingerprint = '';
    await until(async () => {
      const { items } = await must(c, 'GET', `/tenants/acme/phones/${macOf(3)}/log`);
      fingerprint = /certificate ([0-9a-f]{64})/.exec(JSON.stringify(items))?.[1] ?? '';
      return fingerprint !== '';
    });
    await must(c, 'POST', '/revocations', { fingerprint });
    for (const node of nodes) {
      const refused = await talk(node, { ...certificate, session }, file);
      expect(refused.reused).toBe(true);
      expect(refused.text).toMatch(/^HTTP\/1\.1 404/);
    }
  });

  const firmwareOf = (n: number, bytes: number): Buffer => Buffer.alloc(bytes, `firmware ${n} of a phone `);
  const FACTS = 'vendor=yealink&models=T46U&version=108.86.0.20';
  const put = (node: Node, name: string, bytes: Buffer, tenant?: string): Promise<Answer> =>
    node.upload(token, `${tenant === undefined ? '' : `/tenants/${tenant}`}/firmware/${name}?${FACTS}`, bytes);
  const get = (node: Node, name: string, headers = {}): Promise<Answer> =>
    ask(`${node.door('bootstrap')}/${name}`, { headers });
  const copiesOf = (node: Node): Promise<readonly string[]> =>
    readdir(join(directory, `node${nodes.indexOf(node)}`, 'firmware'));

  test('serve a firmware file that one was given at all, byte by byte, over HTTP and TFTP, and none that was removed', async () => {
    const bytes = firmwareOf(1, 1_500_001);
    expect((await put(a, 't46u.rom', bytes)).status).toBe(201);
    const startedAt = performance.now();
    expect((await get(b, 't46u.rom', { range: 'bytes=700000-700999' })).bytes).toEqual(
      bytes.subarray(700_000, 701_000),
    );
    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect((await fetchTftp(c.address, c.port('bootstrap'), 't46u.rom'))?.equals(bytes)).toBe(true);
    for (const node of nodes) expect((await get(node, 't46u.rom')).bytes.equals(bytes)).toBe(true);
    const [copy, ...others] = await copiesOf(b);
    expect([copy?.length, others]).toEqual([64, []]);

    expect((await put(c, 't46u.rom', firmwareOf(2, 300_000))).status).toBe(200);
    for (const node of nodes) expect((await get(node, 't46u.rom')).bytes.equals(firmwareOf(2, 300_000))).toBe(true);
    await must(b, 'DELETE', '/firmware/t46u.rom');
    for (const node of nodes) {
      expect((await get(node, 't46u.rom')).status).toBe(404);
      expect(await fetchTftp(node.address, node.port('bootstrap'), 't46u.rom')).toBeUndefined();
      expect((await must(node, 'GET', '/firmware')).items).toEqual([]);
    }
    expect(await inDatabase('select sha256 from contents')).toEqual([]);
  });

  async function inDatabase(text: string): Promise<readonly unknown[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  }

  /** Nobody can write to `table` while `work` runs. */
  async function whileNobodyWritesTo(table: string, work: () => Promise<void>): Promise<void> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`begin; lock table ${table} in share mode`);
    try {
      await work();
    } finally {
      await client.query('rollback');
      await client.end();
    }
  }

  const isStuck = (table: string): (() => Promise<boolean>) => {
    const query = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into ${table} %'`;
    return async () => (await inDatabase(query)).length > 0;
  };

  const WAITING = "select 1 from pg_stat_activity where wait_event_type = 'Lock'";

  test('keep one quota together, also when all are sent a file at once', async () => {
    await must(a, 'PUT', '/tenants/quota', { title: 'Quota' });
    expect((await put(a, 'first.rom', firmwareOf(0, 1_200_000), 'quota')).status).toBe(201);
    let sending: Promise<readonly Answer[]> = Promise.resolve([]);
    await whileNobodyWritesTo('firmware_images', async () => {
      sending = Promise.all(nodes.map((node, n) => put(node, `${n}.rom`, firmwareOf(n + 1, 1_200_000), 'quota')));
      // Each has its content stored, has found that there is room, and waits to say so, or for another that does.
      await until(async () => (await inDatabase(WAITING)).length === 3);
    });
    const sent = await sending;
    expect(sent.map(({ status }) => status).sort()).toEqual([201, 413, 413]);
    const { items } = await must(c, 'GET', '/tenants/quota/firmware');
    expect(items).toHaveLength(2);
    expect(await inDatabase('select sha256 from contents')).toHaveLength(2);
    for (const { fileName } of items) await must(b, 'DELETE', `/tenants/quota/firmware/${fileName}`);
  });

  test('list nothing of an upload in which its process was killed, wherever it was with it', async () => {
    const bytes = firmwareOf(3, 1_000_000);
    const facts = { 'content-type': 'application/octet-stream', 'content-length': '1000000' };
    const uploads: Readonly<Record<string, () => Promise<void>>> = {
      'half of it had arrived': async () => {
        const path = `/api/v1/firmware/half.rom?${FACTS}`;
        const sent = httpsRequest(`${b.door('admin')}${path}`, {
          method: 'PUT',
          headers: { authorization: `Bearer ${token}`, ...facts },
          rejectUnauthorized: false,
        }).on('error', () => undefined);
        sent.write(bytes.subarray(0, 500_000));
        await until(async () => (await copiesOf(b)).some((name) => name.startsWith('incoming-')));
        await b.kill();
      },
      'its content was on its way into the store': () =>
        whileNobodyWritesTo('content_parts', async () => {
          const sent = put(b, 'parts.rom', bytes).catch(() => undefined);
          await until(isStuck('content_parts'));
          await b.kill();
          expect(await sent).toBeUndefined();
        }),
      'its content was stored, and nobody knew of it': () =>
        whileNobodyWritesTo('firmware_images', async () => {
          const sent = put(b, 'image.rom', bytes).catch(() => undefined);
          await until(isStuck('firmware_images'));
          await b.kill();
          expect(await sent).toBeUndefined();
        }),
    };
    for (const [moment, upload] of Object.entries(uploads)) {
      await upload();
      b = await b.startAgain();
      nodes = [a, b, c];
      for (const node of nodes) {
        expect((await must(node, 'GET', '/firmware')).items, moment).toEqual([]);
        for (const name of ['half.rom', 'parts.rom', 'image.rom'])
          expect((await get(node, name)).status, moment).toBe(404);
      }
      // All of it or nothing; what nobody knows of goes after a day.
      const rows = { contents: 1, content_parts: 4 };
      for (const [table, whole] of Object.entries(rows))
        expect(await inDatabase(`select 1 from ${table}`), `${moment}: ${table}`).toHaveLength(
          moment === 'its content was stored, and nobody knew of it' ? whole : 0,
        );
    }
    expect((await put(c, 'image.rom', bytes)).status).toBe(201);
    expect((await get(b, 'image.rom')).bytes.equals(bytes)).toBe(true);
  });

  test('lose nothing when one is killed, and the others do its work', async () => {
    const path = await addPhone(b, 4);
    const writes = Promise.allSettled(
      Array.from({ length: 20 }, async (_, n) => {
        await must(b, 'PUT', `/tenants/acme/extensions/3${String(n).padStart(2, '0')}`, { displayName: `${n}` });
        return n;
      }),
    );
    // Killed while it writes.
    await must(b, 'GET', '/tenants/acme');
    await Promise.all([a.kill(), b.kill()]);
    for (const write of await writes)
      if (write.status === 'fulfilled') {
        const number = `3${String(write.value).padStart(2, '0')}`;
        expect((await must(c, 'GET', `/tenants/acme/extensions/${number}`)).displayName).toBe(String(write.value));
      }
    expect((await ask(`${c.door('secure')}${path}`)).text).toContain('sip-secret-4');
    // Whoever compared is gone; its lease ends.
    const stateOf = async (): Promise<unknown> => (await must(c, 'GET', `/tenants/acme/phones/${macOf(4)}`)).state;
    await until(async () => (await stateOf()) === 'served', 25_000);
  });
});
