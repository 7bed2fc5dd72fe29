import { createWriteStream, existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sealedAt } from '../../src/app/backup/format.ts';
import type { Sealing } from '../../src/app/ports.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createSealing } from '../../src/store/json-codec.ts';
import { openKeyring, type Keyring } from '../../src/store/keyring.ts';
import { SCHEMA_VERSION } from '../../src/store/migrations/list.ts';
import { runOffhook, type CliEnd } from '../kit/cli.ts';
import { goodBackup, phone, rival, ROM, withEnd } from '../kit/good-backup.ts';
import { testConfig } from '../kit/product.ts';

let directory: string;
let keyring: Keyring;
let sealing: Sealing;
/** Lines of a good backup, without its end. */
let good: readonly string[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offhook-w7-'));
  keyring = await openKeyring(join(directory, 'master.key'));
  sealing = createSealing(keyring.cipher);
  good = await goodBackup({ crypto: keyring.crypto, sealing });
});
afterAll(() => rm(directory, { recursive: true }));

// A line of a crafted backup can be anything.
type Line = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

const lineOf = (kind: string): number => good.findIndex((line) => (JSON.parse(line) as Line)['kind'] === kind);

/** The good backup with one line changed; the line is named from 1. */
const changed =
  (kind: string, change: (line: Line) => unknown): (() => readonly string[]) =>
  () => {
    const at = kind === 'header' ? 0 : lineOf(kind);
    return good.map((line, index) => {
      if (index !== at) return line;
      const made = change(JSON.parse(line) as Line);
      return typeof made === 'string' ? made : JSON.stringify(made);
    });
  };

const withDoc = (kind: string, change: (doc: Line) => Line): (() => readonly string[]) =>
  changed(kind, (line) => ({ ...line, doc: change(line['doc'] as Line) }));

/** With the end that belongs to it, as only who has the master key can make it. */
const sealed = (lines: readonly string[]): string => withEnd(keyring.crypto, lines).join('\n') + '\n';

let places = 0;
/** A new installation with the same master key. */
async function restore(bytes: Uint8Array, place = join(directory, `place-${String(++places)}`)): Promise<CliEnd> {
  await mkdir(place, { recursive: true });
  const file = join(place, 'backup.gz');
  await writeFile(file, bytes);
  await copyFile(join(directory, 'master.key'), join(place, 'master.key'));
  const config = testConfig(place, {});
  return runOffhook({ config }, 'restore', file);
}

const MANY = 300_000;

const CRAFTED: Readonly<Record<string, readonly [() => readonly string[], RegExp]>> = {
  'a header of something else': [changed('header', () => ({ hello: 1 })), /line 1 .*not the header/],
  'a newer format': [changed('header', (line) => ({ ...line, version: 2, more: 1 })), /line 1 .*newer Offhook/],
  'a newer schema': [changed('header', (line) => ({ ...line, schema: SCHEMA_VERSION + 1 })), /line 1 .*newer Offhook/],
  'a proof of key that is none': [changed('header', (line) => ({ ...line, key: 'offhook' })), /line 1 .*master key/],
  'a proof of key that breaks who opens it': [
    changed('header', (line) => ({ ...line, key: { $secret: { k: 1, n: {}, c: [] } } })),
    /line 1 .*master key/,
  ],
  'a line that is not JSON': [changed('phones', () => '{"kind":"phones",'), /line \d+ .*not JSON/],
  'a line that is a list of lists of lists': [
    changed('phones', () => '['.repeat(MANY) + ']'.repeat(MANY)),
    /line \d+ .*not right|line \d+ .*not JSON/,
  ],
  'a kind that there is not': [changed('phones', (line) => ({ ...line, kind: 'constructor' })), /line \d+ .*kind/],
  'a field more': [
    withDoc('phones', (doc) => ({ ...doc, role: 'operator' })),
    /line \d+ .*role there is no such field/,
  ],
  'a prototype in a line': [
    changed('phones', (line) => JSON.stringify(line).replace('{', '{"__proto__":{"admin":true},')),
    /line \d+ .*no object may have/,
  ],
  'a prototype deep in a document': [
    changed('phones', (line) => JSON.stringify(line).replace('"raw":{', '"raw":{"\\u005f_proto__":{"value":"x"},')),
    /line \d+ .*no object may have/,
  ],
  'a number in place of text': [withDoc('phones', (doc) => ({ ...doc, name: 1 })), /line \d+ .*name/],
  'a password that is not sealed': [withDoc('phones', (doc) => ({ ...doc, token: 'chosen' })), /line \d+ .*token/],
  'a secret from another object': [
    withDoc('phones', (doc) => ({ ...doc, token: sealing.seal(new Secret('x'), sealedAt('phones', 'other')) })),
    /line \d+ .*master key cannot open/,
  ],
  'a setting that there is not': [
    withDoc('phones', (doc) => ({ ...doc, settings: { 'line.shell': { value: 'x' } } })),
    /line \d+ .*line\.shell is no setting/,
  ],
  'a setting with a value that it cannot have': [
    withDoc('phones', (doc) => ({ ...doc, settings: { 'network.vlanId': { value: 70_000 } } })),
    /line \d+ .*network\.vlanId/,
  ],
  'half of a character': [withDoc('phones', (doc) => ({ ...doc, label: '\ud800' })), /line \d+ .*half of a character/],
  'a tenant that is not in it': [changed('phones', (line) => ({ ...line, tenant: 'nobody' })), /line \d+ .*tenant/],
  'a phone in a neighbour’s line': [
    changed('phones', (line) => ({ ...line, tenant: rival.id })),
    /line \d+ .*cannot be kept/,
  ],
  'a line with an extension that is not there': [
    withDoc('phones', (doc) => ({ ...doc, lines: [{ position: 1, extension: 'gone', settings: {} }] })),
    /line \d+ .*names something/,
  ],
  'two objects with one id': [
    () => good.flatMap((line, at) => (at === lineOf('phones') ? [line, line] : [line])),
    /line \d+/,
  ],
  'the state of a phone that is not in it': [
    changed('state', (line) => ({ ...line, phone: 'gone' })),
    /line \d+ .*phone/,
  ],
  'something left on what is no device': [
    changed('upload', () => ({ kind: 'leftover', doc: { identity: 'mac/../x', given: ['a'] } })),
    /line \d+ .*identity must name a device/,
  ],
  'an upload with a path': [
    changed('upload', (line) => {
      const place = sealedAt('upload', phone.id);
      const doc = { name: '../../etc/cron.d/x', at: '2026-03-01T00:00:00.000Z', bytes: new Secret('eA==') };
      return { ...line, doc: sealing.seal(doc, place) };
    }),
    /line \d+ .*name must be a file name/,
  ],
  'firmware with a path': [withDoc('firmware', (doc) => ({ ...doc, fileName: '../x.rom' })), /line \d+ .*fileName/],
  'a checksum with a path': [
    withDoc('firmware', (doc) => ({ ...doc, sha256: '../../master.key' })),
    /line \d+ .*sha256/,
  ],
  'a file that nothing names': [
    changed('file', (line) => ({ ...line, sha256: 'a'.repeat(64) })),
    /line \d+ .*no firmware/,
  ],
  'a file of ten gigabytes': [changed('file', (line) => ({ ...line, size: 10 * 2 ** 30 })), /line \d+ .*larger/],
  'a file that ends early': [changed('file', (line) => ({ ...line, size: 400 })), /line \d+ .*(missing|not right)/],
  'a file with another content': [
    changed('piece', () => ({ kind: 'piece', bytes: Buffer.from(ROM).reverse().toString('base64') })),
    /line \d+ .*checksum/,
  ],
  'a piece that is too long': [
    changed('piece', () => ({ kind: 'piece', bytes: Buffer.alloc(1000).toString('base64') })),
    /line \d+ .*announced/,
  ],
};

for (const [name, [craft, why]] of Object.entries(CRAFTED)) {
  test(`W7 a crafted backup with ${name} is refused with the line, and nothing of it is kept`, async () => {
    const place = join(directory, `place-${String(++places)}`);
    const refused = await restore(gzipSync(sealed(craft())), place);
    expect(refused.stderr).toMatch(why);
    expect(refused.stderr).toContain('nothing was restored');
    expect(refused.stderr).not.toMatch(/sip-password|phone-token|SQLITE|at .*\.ts/);
    expect(refused.exitCode).toBe(1);
    expect(({} as Line)['admin']).toBeUndefined();
    // The store is as empty as it was: the good one is restored into it.
    expect(await restore(gzipSync(sealed(good)), place)).toMatchObject({ exitCode: 0, stderr: '' });
  });
}

test('W7 a backup that was cut or changed, or made under another key, is refused, and nothing of it is kept', async () => {
  const [, second = '', ...rest] = good;
  const whole = sealed(good);
  const packed = gzipSync(whole);
  const broken: readonly (readonly [Uint8Array, RegExp])[] = [
    [gzipSync(good.join('\n')), /no end follows/],
    [packed.subarray(0, packed.length - 40), /not a whole gzip file/],
    [Buffer.from(whole), /not a whole gzip file/],
    [gzipSync(''), /empty/],
    [gzipSync(whole.replace('"number":"100"', '"number":"101"')), /another checksum/],
    [gzipSync(sealed([good[0] ?? '', ...rest, second]).replace('\n', `\n${second}\n`)), /line \d+/],
    [gzipSync(`${whole}{"kind":"audit"}\n`), /after the end/],
  ];
  const place = join(directory, 'broken');
  for (const [bytes, why] of broken) {
    const refused = await restore(bytes, place);
    expect(refused.stderr).toMatch(why);
    expect(refused.exitCode).toBe(1);
  }
  await writeFile(join(directory, 'good.gz'), packed);
  await mkdir(join(directory, 'other'));
  await openKeyring(join(directory, 'other', 'master.key'));
  const config = testConfig(join(directory, 'other'), {});
  const foreign = await runOffhook({ config }, 'restore', join(directory, 'good.gz'));
  expect(foreign).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/line 1 .*another master key/) as string,
  });
  const keyless = testConfig(join(directory, 'keyless'), {});
  const without = await runOffhook({ config: keyless }, 'restore', join(directory, 'good.gz'));
  expect(without).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/master\.key/) as string });
  // Nothing was made there that the right key would not open later.
  expect(existsSync(join(directory, 'keyless', 'offhook.db'))).toBe(false);
  expect(await restore(packed, place)).toMatchObject({ exitCode: 0, stderr: '' });
});

test('W7 a file that unpacks to gigabytes is given up early', async () => {
  const place = join(directory, 'bomb');
  await mkdir(place);
  const file = join(place, 'bomb.gz');
  const zeros = Buffer.alloc(1024 * 1024, '0');
  async function* gigabyte(lines: boolean): AsyncGenerator<string | Buffer> {
    yield `${good[0] ?? ''}\n`;
    for (let megabyte = 0; megabyte < 300; megabyte++) {
      yield zeros;
      if (lines) yield '\n';
      await Promise.resolve();
    }
  }
  await copyFile(join(directory, 'master.key'), join(place, 'master.key'));
  const config = testConfig(place, {});
  for (const [lines, why] of [
    [false, /too long/],
    [true, /not JSON|not right/],
  ] as const) {
    await pipeline(Readable.from(gigabyte(lines)), createGzip({ level: 1 }), createWriteStream(file));
    const before = process.memoryUsage().rss;
    const refused = await runOffhook({ config }, 'restore', file);
    expect(refused.stderr).toMatch(why);
    expect(refused.exitCode).toBe(1);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  }
});
