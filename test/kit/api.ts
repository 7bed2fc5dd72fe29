import { PassThrough } from 'node:stream';
import { inspect } from 'node:util';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Passwords } from '../../src/app/access/passwords.ts';
import type { FileStore, Store } from '../../src/app/ports.ts';
import { buildApi } from '../../src/api/build-api.ts';
import type { Api } from '../../src/api/api.ts';
import type { ApiDeps } from '../../src/api/deps.ts';
import { readAuthority } from '../../src/api/authorities/read-authority.ts';
import { checkImportedCertificate } from '../../src/transports/tls/imported-certificate.ts';
import { createCertificateRequest } from '../../src/transports/tls/csr.ts';
import { testGuard } from './guard.ts';
import { createCipher } from '../../src/store/cipher.ts';
import { createSealing } from '../../src/store/json-codec.ts';
import { createCrypto } from '../../src/store/crypto.ts';
import { memoryStore } from '../../src/store/memory/memory-store.ts';
import { example as defined } from '../../src/vendors/example/index.ts';
import { modelId, vendorId, type VendorDriver } from '../../src/vendors/kit/driver.ts';

const example = defined.driver;

/** A maker with everything that the API looks at: modules, rights of the User account, a resync URL, a soft client. */
export const testVendor: VendorDriver = {
  ...example,
  id: vendorId('testphone'),
  name: 'Testphone',
  models: [
    { id: modelId('T1'), family: 't', lines: 1, keys: 0, features: ['ata'] },
    {
      id: modelId('T4'),
      family: 't',
      lines: 4,
      keys: 8,
      sidecars: { types: ['X20'], max: 2, keysPerModule: 20 },
      features: ['poe'],
    },
    { id: modelId('Soft'), family: 't', lines: 2, keys: 0, features: ['software'] },
  ],
  slots: (model, modules) => [
    ...Array.from({ length: model.keys }, (_, index) => ({ kind: 'key' as const, position: index + 1 })),
    ...Array.from({ length: modules * 20 }, (_, index) => ({
      kind: 'module' as const,
      module: Math.floor(index / 20) + 1,
      position: (index % 20) + 1,
    })),
  ],
  userAccess: 'per_parameter',
  trust: {
    ...example.trust,
    certificate: { authorities: ['Testphone Root CA'], identify: () => undefined },
  },
  instructions: {
    ...example.instructions,
    resyncUrl: (address, url) => `http://${address}/admin/resync?${url}`,
  },
};

/** Quick, for tests that are not about passwords. */
export const plainPasswords: Passwords = {
  hash: (password) => Promise.resolve(`plain:${password}`),
  matches: (password, hash) => Promise.resolve(hash === `plain:${password}`),
};

/** Files that are gone with the test. */
export function memoryFiles(): FileStore & { readonly contents: Map<string, Buffer> } {
  const contents = new Map<string, Buffer>();
  const crypto = createCrypto(Buffer.alloc(32));
  const files: ReturnType<typeof memoryFiles> = {
    contents,
    write: async (bytes, maxBytes) => {
      const chunks: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of bytes) {
        size += chunk.length;
        if (size > maxBytes) return 'too_large';
        chunks.push(chunk);
      }
      const content = Buffer.concat(chunks);
      const sha256 = crypto.hash('sha256', content.toString('latin1'));
      contents.set(sha256, content);
      return { sha256, size };
    },
    open: (sha256) => {
      const stream = new PassThrough();
      stream.end(contents.get(sha256));
      return stream;
    },
    read: async function* (sha256) {
      yield await Promise.resolve(contents.get(sha256) ?? Buffer.alloc(0));
    },
    has: (sha256) => Promise.resolve(contents.has(sha256)),
    remove: (sha256) => {
      contents.delete(sha256);
      return Promise.resolve();
    },
    within: () => files,
  };
  return files;
}

export interface TestApi {
  readonly app: Api;
  readonly store: Store;
  readonly deps: ApiDeps;
  readonly time: { now: Date };
  /** Asks as the platform's operator; a body that is text goes as YAML. */
  readonly ask: (
    method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: LightMyRequestResponse['headers'];
  readonly text: string;
  // A test looks at what it expects; anything else makes it fail.
  readonly body: Record<string, never> & { readonly [name: string]: unknown };
}

const answerOf = (response: LightMyRequestResponse): Answer => ({
  status: response.statusCode,
  headers: response.headers,
  text: response.body,
  body: /json/.test(String(response.headers['content-type'])) ? response.json() : {},
});

/** Asks an instance without a socket. */
export async function ask(
  app: Api,
  method: InjectOptions['method'],
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const type = typeof body === 'string' ? 'application/yaml' : 'application/json';
  return answerOf(
    await app.inject({
      method: method ?? 'GET',
      url: `/api/v1${path}`,
      headers: { ...(body === undefined ? {} : { 'content-type': type }), ...headers },
      ...(body === undefined
        ? {}
        : { payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
    }),
  );
}

/** An API over a store that forgets. */
export async function testApi(changes: Partial<ApiDeps> = {}): Promise<TestApi> {
  const crypto = createCrypto(Buffer.alloc(32, 7));
  const store = changes.store ?? memoryStore({ crypto });
  const time = { now: new Date('2026-03-02T10:00:00Z') };
  const guard = testGuard(store, crypto, { now: () => time.now });
  const deps: ApiDeps = {
    store,
    crypto,
    clock: { now: () => time.now },
    catalogue: { vendors: [testVendor, example] },
    hosts: () => ['prov.example.com'],
    files: memoryFiles(),
    passwords: plainPasswords,
    certificates: { request: createCertificateRequest, check: checkImportedCertificate, readAuthority },
    preview: {
      listFiles: () => Promise.resolve([{ name: '02ee00000001.cfg', part: 'settings' }]),
      renderFile: (_of, { file, reveal }) =>
        Promise.resolve(
          file === '02ee00000001.cfg'
            ? {
                name: file,
                contentType: 'text/plain',
                bytes: Buffer.from(reveal ? 'password=top' : 'password=***'),
                gaps: [],
                flags: [],
              }
            : undefined,
        ),
      explainFile: () =>
        Promise.resolve({
          name: '02ee00000001.cfg',
          lines: [{ text: 'password=***', kind: 'setting' }],
          gaps: [],
          flags: [],
        }),
      phoneUrl: () => Promise.resolve('https://prov.example.com:1444/p/secret/'),
    },
    log: {
      info: () => undefined,
      warn: () => undefined,
      // What the API would only log is a mistake of the test or of ours: let it be seen.
      error: (event, fields) => process.stderr.write(`${event} ${inspect(fields)}\n`),
    },
    schema: 1,
    sealing: createSealing(createCipher(() => [{ id: 'test', key: new Uint8Array(32) }])),
    version: '0.0.0',
    guard,
    firmware: { maxFileBytes: 1000, quotaBytes: 2000 },
    authenticate: 'local-operator',
    watch: {
      remarks: () => [],
      unready: () => Promise.resolve([]),
      metrics: () => Promise.resolve(''),
      metricsContentType: 'text/plain',
      onAnswered: () => undefined,
    },
    ...changes,
  };
  const app = await buildApi(deps);
  return { app, store, deps, time, ask: (method, path, body, headers) => ask(app, method, path, body, headers) };
}
