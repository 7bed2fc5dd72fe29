import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/config.ts';
import { ALARMING_EVENTS, createMetrics } from '../../src/main/metrics.ts';
import { watchSources } from '../../src/main/metric-sources.ts';
import { missingTools } from '../kit/tools.ts';

// What is shipped beside the program speaks of it: metrics, events, configuration, commands. Here it is held to that.

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

/** Names of everything that a running product shows. */
async function shownMetrics(): Promise<ReadonlySet<string>> {
  const metrics = createMetrics();
  watchSources(metrics.registry, {
    version: '0.0.0',
    fleet: () => Promise.resolve({ tenants: 0, owned: 0, served: 0, outdated: 0, notCompared: 0 }),
    storeBytes: () => Promise.resolve(0),
    journal: () => ({ waiting: 0, dropped: 0 }),
    guard: () => ({ counts: { misses: 0, turnedAway: 0, bans: 0, sweeps: 0, decoysTouched: 0 }, banned: 0 }),
    tftpTransfers: () => 0,
    doors: [],
    certificates: () => [],
    isReady: () => Promise.resolve(true),
  });
  return new Set(Array.from((await metrics.text()).matchAll(/^# TYPE (\S+) /gm), ([, name = '']) => name));
}

const isOurs = (name: string): boolean => name.startsWith('offhook_');

/** Names in a query, without what a histogram adds to its own. */
const namesIn = (query: string): readonly string[] =>
  Array.from(query.matchAll(/\b((?:offhook|nodejs|process)_[a-z0-9_]+)/g), ([, name = '']) =>
    name.replace(/_(?:bucket|count|sum)$/, ''),
  );

test('docs/monitoring.md explains every metric, and none that there is not', async () => {
  const explained = Array.from(
    read('docs/monitoring.md').matchAll(/^\| `(offhook_\w+)` \|/gm),
    ([, name = '']) => name,
  );
  expect(explained.toSorted()).toEqual([...(await shownMetrics())].filter(isOurs).toSorted());
});

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly description?: string;
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly { readonly expr: string }[];
}

test('every panel of the dashboard asks for metrics that there are, has a unit, and says what it is', async () => {
  const { panels } = JSON.parse(read('deploy/grafana/offhook.json')) as { readonly panels: readonly Panel[] };
  const there = await shownMetrics();
  const drawn = panels.filter(({ type }) => type !== 'row');
  expect(drawn.length).toBeGreaterThan(15);
  for (const { title, description = '', fieldConfig, targets = [] } of drawn) {
    expect(description.length, title).toBeGreaterThan(5);
    expect(fieldConfig?.defaults.unit, title).toBeDefined();
    const names = targets.flatMap(({ expr }) => namesIn(expr));
    expect(names.length, title).toBeGreaterThan(0);
    for (const name of names) expect(there.has(name), `${title}: ${name}`).toBe(true);
  }
  const shown = new Set(drawn.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => namesIn(expr))));
  expect([...there].filter((name) => isOurs(name) && !shown.has(name))).toEqual([]);
});

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

test('every alert asks for metrics and events that there are, and docs/monitoring.md says what to do about it', async () => {
  const { groups } = parse(read('deploy/prometheus/alerts.yml')) as {
    readonly groups: readonly { readonly rules: readonly Alert[] }[];
  };
  const alerts = groups.flatMap(({ rules }) => rules);
  const there = await shownMetrics();
  for (const { alert, expr, labels, annotations } of alerts) {
    for (const name of namesIn(expr)) expect(there.has(name), `${alert}: ${name}`).toBe(true);
    // An event that was never counted has no increase from nothing to one.
    for (const [, event = ''] of expr.matchAll(/event="(\w+)"/g)) expect(ALARMING_EVENTS, alert).toContain(event);
    expect(['critical', 'warning']).toContain(labels.severity);
    expect(annotations.summary.length).toBeGreaterThan(10);
  }
  const explained = Array.from(read('docs/monitoring.md').matchAll(/^### (Offhook\w+)$/gm), ([, name = '']) => name);
  expect(explained).toEqual(alerts.map(({ alert }) => alert));
});

test('the events that alerts wait for are events of the log', () => {
  const described = Array.from(read('docs/events.md').matchAll(/^## (\S+)$/gm), ([, name = '']) => name);
  for (const event of ALARMING_EVENTS) expect(described).toContain(event);
});

const UNIT = fileURLToPath(new URL('../../deploy/systemd/offhook.service', import.meta.url));
const missing = missingTools('systemd-analyze');

test.skipIf(missing.length > 0)(`systemd takes the unit, and finds it little exposed ${missing.join(', ')}`, () => {
  const { stderr, status } = spawnSync('systemd-analyze', ['verify', UNIT], { encoding: 'utf8' });
  // Where the program is installed elsewhere, that is all it may complain of.
  const complaints = stderr
    .split('\n')
    .filter((line) => line.includes('offhook.service') && !line.includes('is not executable'));
  expect({ status: complaints.length === 0 ? 0 : status, complaints }).toEqual({ status: 0, complaints: [] });
  const security = execFileSync('systemd-analyze', ['security', '--offline=true', UNIT], { encoding: 'utf8' });
  expect(Number(/exposure level for \S+: ([\d.]+)/.exec(security)?.[1])).toBeLessThan(2);
});

test('what the unit and the containers set are entries of the configuration, and the commands they run are commands', () => {
  const compose = read('deploy/docker/compose.yaml').replace(/\$\{\w+[^}]*\}/g, 'x');
  const { services } = parse(compose) as {
    readonly services: { readonly offhook: { readonly environment: Record<string, string> } };
  };
  const config = readConfig(undefined, services.offhook.environment);
  expect(config.ok && [config.value.store.kind, config.value.host, config.value.doors.admin.address]).toEqual([
    'postgres',
    'x',
    '0.0.0.0',
  ]);
  const unit = read('deploy/systemd/offhook.service');
  expect(/^Environment=.*OFFHOOK_DATADIR=(\S+)$/m.exec(unit)?.[1]).toBe('/var/lib/offhook');
  const dockerfile = read('deploy/docker/Dockerfile');
  const set = /OFFHOOK_DATADIR=(\S+)/.exec(dockerfile)?.[1] ?? '';
  const there = readConfig(undefined, { OFFHOOK_DATADIR: set });
  expect(there.ok && there.value.dataDir).toBe('/data');
  const program = read('src/cli/program.ts');
  for (const [, name = ''] of [
    ...dockerfile.matchAll(/main\.js", "(\w+)"/g),
    ...unit.matchAll(/main\.js (\w+)/g),
    ...dockerfile.matchAll(/^CMD \["(\w+)"\]/gm),
  ])
    expect(program).toContain(`${name}Command(cli)`);
});

test('what runs the server tells Node the same as `npm start`', () => {
  const told = (text: string): readonly string[] => text.match(/--max-[a-z-]+=\d+/g) ?? [];
  const start = told(read('package.json'));
  expect(start).toHaveLength(1);
  expect(told(read('deploy/systemd/offhook.service'))).toEqual(start);
  expect(told(read('deploy/docker/Dockerfile'))).toEqual(start);
});
