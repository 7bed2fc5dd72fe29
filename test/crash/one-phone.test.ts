import { EventEmitter, once } from 'node:events';
import { Agent } from 'node:https';
import { afterEach, describe, expect, test } from 'vitest';
import { readParams } from '../../src/simulate/readers.ts';
import { hasPostgres, startPostgres } from '../kit/postgres.ts';
import { ask, startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';

const MILLISECONDS = Number(process.env['CRASH_SECONDS'] ?? 3) * 1000;
const TIMEOUT_MILLISECONDS = 60_000 + 4 * MILLISECONDS;
const CAREFUL_WRITERS = 5;
const OTHER_WRITERS = 3;
const READERS = 8;
/** A slow machine gets more time to write so often. */
const GAINS = 4;

const EXTENSION = '/tenants/acme/extensions/201';
const PHONE = '/tenants/acme/phones/805ec0000001';
const COUNTED = ['phone_setting.count_one', 'phone_setting.count_two', 'phone_setting.count_three'] as const;
const FREE = ['phone_setting.free_one', 'phone_setting.free_two', 'phone_setting.free_three'] as const;

/** All the parameters with one value. */
const alike = (names: readonly string[], value: string): object =>
  Object.fromEntries(names.map((name) => [name, value]));

/** What a write has put there: `count` is what careful writers add to, `free` what the others write over. */
interface Content {
  readonly count: number;
  readonly free: string;
}

interface Accepted {
  readonly version: number;
  readonly part: Partial<Content>;
}

/** Of an accepted write: the second half of its entity tag. */
function versionIn(answer: Answer): number {
  if (answer.status >= 300) throw new Error(`${String(answer.status)} ${answer.text}`);
  return Number(/-(\d+)"$/.exec(answer.headers.etag ?? '')?.[1]);
}

/** Raw parameters are shown masked; the label is not. */
const labelOf = (count: number): string => `Count ${count}`;

interface Race {
  readonly offhook: TestProduct;
  readonly isOver: () => boolean;
  readonly accepted: Accepted[];
  /** `gain` when a careful writer got through, and at the end. */
  readonly news: EventEmitter;
}

/** Adds one to what it has read, if that still stands; else it reads again. Says how often it had to. */
async function writeCarefully({ offhook, isOver, accepted, news }: Race): Promise<number> {
  let refused = 0;
  while (!isOver()) {
    const seen = await offhook.api('GET', PHONE);
    const count = Number(String(seen.json.label).slice('Count '.length)) + 1;
    const body = { label: labelOf(count), raw: alike(COUNTED, String(count)) };
    const answer = await offhook.api('PATCH', PHONE, body, { 'if-match': seen.headers.etag ?? '' });
    if (answer.status === 412) {
      refused += 1;
      continue;
    }
    accepted.push({ version: versionIn(answer), part: { count } });
    news.emit('gain');
  }
  return refused;
}

/** Writes whatever stands there, once for each gain of the careful ones: with no pause they would get nowhere. */
async function writeOver({ offhook, isOver, accepted, news }: Race, writer: number): Promise<void> {
  for (let n = 1; !isOver(); n++) {
    const free = `${writer}-${n}`;
    const answer = await offhook.api('PATCH', PHONE, { raw: alike(FREE, free) });
    accepted.push({ version: versionIn(answer), part: { free } });
    if (!isOver()) await once(news, 'gain');
  }
}

/** What the phone finds in its file: every value must be there three times. */
function contentOf(file: Answer): Content {
  expect(file.status).toBe(200);
  const params = readParams('ini', file.text);
  const only = (names: readonly string[]): string => {
    const values = new Set(names.map((name) => params.get(name)));
    expect(values.size, `${Array.from(values).join(' and ')} in one file`).toBe(1);
    return Array.from(values)[0] ?? '';
  };
  return { count: Number(only(COUNTED)), free: only(FREE) };
}

/** Each version with the whole content that it had, from the writes in their order. */
function versions(
  first: Accepted & { readonly part: Content },
  accepted: readonly Accepted[],
): ReadonlyMap<string, number> {
  let content: Content = first.part;
  const known = new Map([[JSON.stringify(content), first.version]]);
  for (const { version, part } of accepted.toSorted((a, b) => a.version - b.version)) {
    content = { ...content, ...part };
    known.set(JSON.stringify({ count: content.count, free: content.free }), version);
  }
  return known;
}

async function race(name: string, offhook: TestProduct): Promise<void> {
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
  await offhook.must('PUT', EXTENSION, { displayName: 'Alice', password: 'sip', serverHost: 'pbx.example.com' });
  const start = { count: 0, free: 'none' };
  const made = await offhook.api('PUT', PHONE, {
    vendor: 'yealink',
    model: 'T46U',
    label: labelOf(0),
    raw: { ...alike(COUNTED, '0'), ...alike(FREE, 'none') },
    lines: [{ extension: '201' }],
  });
  const first = { version: versionIn(made), part: start };
  const { url } = (await offhook.must('GET', `${PHONE}/url`)) as { readonly url: string };
  const agent = new Agent({ keepAlive: true, maxSockets: READERS });
  const fetchFile = async (): Promise<Content> => contentOf(await ask(`${url}805ec0000001.cfg`, { agent }));

  const endsAt = performance.now() + MILLISECONDS;
  const accepted: Accepted[] = [];
  const gains = (): number => accepted.filter(({ part }) => part.count !== undefined).length;
  const isOver = (): boolean => performance.now() >= endsAt && gains() >= GAINS;
  const news = new EventEmitter();
  const now: Race = { offhook, accepted, news, isOver };
  const readings = Array.from({ length: READERS }, async () => {
    const read: Content[] = [];
    while (!now.isOver()) read.push(await fetchFile());
    return read;
  });
  const others = Array.from({ length: OTHER_WRITERS }, (_, writer) => writeOver(now, writer));
  const refused = await Promise.all(Array.from({ length: CAREFUL_WRITERS }, () => writeCarefully(now)));
  news.emit('gain');
  await Promise.all(others);
  const read = await Promise.all(readings);

  // Every accepted write made a version of its own, and there are no others.
  const numbers = accepted.map(({ version }) => version).sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from(numbers, (_, n) => first.version + 1 + n));
  // None with If-Match was lost: each added one, and there were conflicts to lose them in.
  const counts = accepted.flatMap(({ part }) => (part.count === undefined ? [] : [part.count])).sort((a, b) => a - b);
  expect(counts).toEqual(Array.from(counts, (_, n) => n + 1));
  expect(refused.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(0);
  // Each reader saw whole versions only, and never an older one after a newer one.
  const known = versions(first, accepted);
  for (const contents of read) {
    const seen = contents.map((content) => known.get(JSON.stringify(content)) ?? `none: ${JSON.stringify(content)}`);
    expect(seen.filter((version) => typeof version === 'string')).toEqual([]);
    expect(seen).toEqual(seen.toSorted((a, b) => Number(a) - Number(b)));
  }
  expect(known.get(JSON.stringify(await fetchFile()))).toBe(numbers.at(-1));
  expect(await offhook.must('GET', PHONE)).toMatchObject({ label: labelOf(counts.length) });
  agent.destroy();
  process.stdout.write(
    `${name}: ${counts.length} writes with If-Match, ${accepted.length - counts.length} without, ${refused.join('+')} refused, ${read.flat().length} files read\n`,
  );
}

let close: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const one of close.toReversed()) await one();
  close = [];
});

test(
  'C1 on SQLite, whoever fetches while eight write gets one whole version, and no accepted write is lost',
  async () => {
    const offhook = await startTestProduct();
    close.push(offhook.close);
    await race('SQLite', offhook);
  },
  TIMEOUT_MILLISECONDS,
);

const there = await hasPostgres();

describe.skipIf(!there)(`PostgreSQL${there ? '' : ' (skipped: this machine has no PostgreSQL server)'}`, () => {
  test(
    'C1 on PostgreSQL, whoever fetches while eight write gets one whole version, and no accepted write is lost',
    async () => {
      const postgres = await startPostgres();
      close.push(postgres.stop);
      const environment = { OFFHOOK_STORE_KIND: 'postgres', OFFHOOK_STORE_URL: await postgres.createDatabase() };
      const offhook = await startTestProduct({ environment });
      close.push(offhook.close);
      await race('PostgreSQL', offhook);
    },
    TIMEOUT_MILLISECONDS,
  );
});
