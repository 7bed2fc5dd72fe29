import { parseFirmwareVersion } from '../src/domain/firmware-version.ts';
import { builtInLayer, resolveSettings, type Layer } from '../src/domain/resolve/layers.ts';
import { resolveKeys } from '../src/domain/resolve/keys.ts';
import { Secret } from '../src/domain/secret.ts';
import { vendorOf } from '../src/vendors/index.ts';
import { renderConfig } from '../src/vendors/kit/render.ts';
import { toBytes } from '../src/vendors/kit/text.ts';
import type { Mac } from '../src/domain/mac.ts';
import { getOnce, tftpOnce } from './clients.ts';
import { compare, median, ratePerSecond, startServer } from './measure.ts';
import type { ProductReady } from './product.ts';

/** What came of a goal: the figure that is judged, and the absolute ones behind it. */
export interface Result {
  readonly figure: number;
  readonly unit: string;
  readonly detail: string;
}

export interface Goal {
  readonly id: string;
  readonly title: string;
  readonly floor: number;
  readonly aim: number;
  /** `at_least`: a ratio to reach; `at_most`: a time not to exceed. */
  readonly sense: 'at_least' | 'at_most';
  readonly run: () => Promise<Result>;
}

const ROUNDS = 5;
const CLIENTS = 16;
const PHONES = 10_000;

const anyOf = (paths: readonly string[]): string => paths[Math.floor(Math.random() * paths.length)] ?? '';

/** Every phone fetches twice: the first time it is noted what it was given, the second time nothing is news any more. */
async function warm(paths: readonly string[], fetchOnce: (path: string) => Promise<unknown>): Promise<void> {
  for (let turn = 0; turn < 2; turn++)
    await ratePerSecond(paths.length, CLIENTS, (index) => fetchOnce(paths[index] ?? ''));
}

/** G1: plain HTTP, new connection, known phone, unchanged since the last render. */
async function plainHttp(): Promise<Result> {
  const product = await startServer<ProductReady>('./product.js', { phones: PHONES });
  const { http, paths } = product.ready;
  const size = await getOnce(http, anyOf(paths));
  const raw = await startServer<{ readonly port: number }>('./raw-http.js', { size: size - 250 });
  await warm(paths, (path) => getOnce(http, path));
  const measured = await compare(
    ROUNDS,
    () => ratePerSecond(5_000, CLIENTS, () => getOnce(http, anyOf(paths))),
    () => ratePerSecond(5_000, CLIENTS, () => getOnce(raw.ready.port, '/')),
  );
  await product.stop();
  await raw.stop();
  return {
    figure: measured.ratio,
    unit: '× R',
    detail: `${measured.ours.toFixed(0)}/s against ${measured.yardstick.toFixed(0)}/s, ${size} bytes`,
  };
}

/** G8: TFTP, 512-byte blocks, 16 at once. */
async function tftp(): Promise<Result> {
  const product = await startServer<ProductReady>('./product.js', { phones: 1_000 });
  const { tftp: port, paths } = product.ready;
  const size = await tftpOnce(port, anyOf(paths));
  const raw = await startServer<{ readonly port: number }>('./raw-tftp.js', { size });
  await warm(paths, (path) => tftpOnce(port, path));
  const measured = await compare(
    ROUNDS,
    () => ratePerSecond(2_000, CLIENTS, () => tftpOnce(port, anyOf(paths))),
    () => ratePerSecond(2_000, CLIENTS, () => tftpOnce(raw.ready.port, 'x')),
  );
  await product.stop();
  await raw.stop();
  return {
    figure: measured.ratio,
    unit: '× Rt',
    detail: `${measured.ours.toFixed(0)}/s against ${measured.yardstick.toFixed(0)}/s, ${size} bytes`,
  };
}

const object = { type: 'phone', id: 'bench', name: 'bench' };
const lineLayer = (line: number): Layer => ({
  kind: 'line',
  object,
  line,
  settings: {
    'line.label': { value: `20${line}` },
    'line.displayName': { value: 'Alice Example' },
    'line.user': { value: `20${line}` },
    'line.password': { value: new Secret('sip-secret') },
    'line.serverHost': { value: 'pbx.example.com' },
    'line.transport': { value: 'tls' },
    'line.codecs': { value: ['g722', 'pcma', 'pcmu'] },
  },
});

/** G3: layers to bytes for a desk phone of two lines and twenty keys, CPU per file, no cache. */
function fullRender(): Promise<Result> {
  const driver = vendorOf('yealink');
  const model = driver?.models.find((candidate) => candidate.id === 'T46U');
  if (driver === undefined || model === undefined) throw new Error('no T46U');
  const layers: readonly Layer[] = [
    builtInLayer,
    { kind: 'tenant', object, settings: { 'time.zone': { value: 'Europe/Berlin' }, 'ui.language': { value: 'de' } } },
    lineLayer(1),
    lineLayer(2),
  ];
  const keys = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [
      `key/${index + 1}`,
      { key: { type: 'blf' as const, line: 1, watch: String(200 + index), label: `Colleague ${index}` } },
    ]),
  );
  const firmware = parseFirmwareVersion('108.86.0.20');
  const mac = '805ec0000001' as Mac;
  const once = (): number => {
    const { params } = renderConfig(driver, {
      model,
      firmware,
      mac,
      raw: [],
      given: new Set(),
      modules: 0,
      today: new Date(0),
      settings: resolveSettings(layers, [1, 2]),
      keys: resolveKeys([{ kind: 'phone', object, keys }]),
    });
    return toBytes(driver.codec.write(params, { part: 'settings', model, firmware, mac }), 'utf-8').length;
  };
  const round = (): number => {
    const start = process.cpuUsage();
    for (let n = 0; n < 500; n++) once();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000 / 500;
  };
  round();
  const milliseconds = median(Array.from({ length: ROUNDS }, round));
  return Promise.resolve({ figure: milliseconds, unit: 'ms CPU', detail: `${once()} bytes` });
}

export const GOALS: readonly Goal[] = [
  {
    id: 'G1',
    title: 'plain HTTP, known phone, 10,000 phones, 16 clients',
    floor: 0.5,
    aim: 0.65,
    sense: 'at_least',
    run: plainHttp,
  },
  {
    id: 'G3',
    title: 'full render, two lines and twenty keys',
    floor: 1.0,
    aim: 0.4,
    sense: 'at_most',
    run: fullRender,
  },
  { id: 'G8', title: 'TFTP, 512-byte blocks, 16 at once', floor: 0.6, aim: 0.8, sense: 'at_least', run: tftp },
];
