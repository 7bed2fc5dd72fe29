import { parseFirmwareVersion } from '../../src/domain/firmware-version.ts';
import { builtInLayer, resolveSettings, type Layer } from '../../src/domain/resolve/layers.ts';
import { resolveKeys } from '../../src/domain/resolve/keys.ts';
import { Secret } from '../../src/domain/secret.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { renderConfig } from '../../src/vendors/kit/render.ts';
import { toBytes } from '../../src/vendors/kit/text.ts';
import { macOf } from '../company.ts';
import { median } from '../measure.ts';
import { SCALE } from '../scale.ts';
import type { Goal, Result } from './goal.ts';

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

const KEYS = Object.fromEntries(
  Array.from({ length: 20 }, (_, index) => [
    `key/${index + 1}`,
    { key: { type: 'blf' as const, line: 1, watch: String(200 + index), label: `Colleague ${index}` } },
  ]),
);

/** From layers to the bytes of a desk phone's file; says how many. */
function renderer(): () => number {
  const driver = vendorOf('yealink');
  const model = driver?.models.find((candidate) => candidate.id === 'T46U');
  if (driver === undefined || model === undefined) throw new Error('no T46U');
  const layers: readonly Layer[] = [
    builtInLayer,
    { kind: 'tenant', object, settings: { 'time.zone': { value: 'Europe/Berlin' }, 'ui.language': { value: 'de' } } },
    lineLayer(1),
    lineLayer(2),
  ];
  const firmware = parseFirmwareVersion('108.86.0.20');
  const mac = macOf(1);
  return () => {
    const { params } = renderConfig(driver, {
      model,
      firmware,
      mac,
      raw: [],
      given: new Set(),
      modules: 0,
      today: new Date(0),
      settings: resolveSettings(layers, [1, 2]),
      keys: resolveKeys([{ kind: 'phone', object, keys: KEYS }]),
    });
    return toBytes(driver.codec.write(params, { part: 'settings', model, firmware, mac }), 'utf-8').length;
  };
}

const FILES = 500;

/** CPU per file, no cache. */
function fullRender(): Promise<readonly Result[]> {
  const render = renderer();
  const round = (): number => {
    const start = process.cpuUsage();
    for (let n = 0; n < FILES; n++) render();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000 / FILES;
  };
  round();
  const milliseconds = median(Array.from({ length: SCALE.rounds }, round));
  return Promise.resolve([{ figure: milliseconds, detail: `${render()} bytes` }]);
}

export const RENDER_GOALS: readonly Goal[] = [
  {
    id: 'G3',
    marks: [
      { title: 'full render, two lines and twenty keys', unit: 'ms CPU', floor: 1.0, aim: 0.4, sense: 'at_most' },
    ],
    run: fullRender,
  },
];
