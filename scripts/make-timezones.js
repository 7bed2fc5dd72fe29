// Makes src/domain/timezones.ts from the tz database of this machine: for each IANA zone the POSIX TZ string that
// holds from now on (the footer of the compiled file, RFC 8536 §3.3) and the country it lies in (zone1970.tab).
// Run by hand when the tz database changes: `npm run timezones`. Committed, so that goldens do not move with Node's ICU.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const ROOT = '/usr/share/zoneinfo';
const ZONE = /^[A-Z][A-Za-z_+-]+(\/[A-Za-z0-9_+-]+)*$/;

const zi = readFileSync(`${ROOT}/tzdata.zi`, 'utf8');
const version = /^# version (\S+)/.exec(zi)?.[1] ?? 'unknown';
const names = new Set();
for (const line of zi.split('\n')) {
  const [kind, first, second] = line.split(' ');
  if (kind === 'Z') names.add(first);
  if (kind === 'L') names.add(second);
}

const countries = new Map();
for (const file of ['zone1970.tab', 'zone.tab']) {
  for (const line of readFileSync(`${ROOT}/${file}`, 'utf8').split('\n')) {
    if (line.startsWith('#') || line === '') continue;
    const [codes, , zone] = line.split('\t');
    countries.set(zone, codes.split(',')[0]);
  }
}

const rows = [...names]
  .filter((name) => ZONE.test(name) && existsSync(`${ROOT}/${name}`))
  .sort()
  .map((name) => {
    const footer = readFileSync(`${ROOT}/${name}`, 'latin1').trimEnd().split('\n').at(-1);
    return `  ['${name}', '${footer}', '${countries.get(name) ?? ''}'],`;
  });

writeFileSync(
  new URL('../src/domain/timezones.ts', import.meta.url),
  `// Made by scripts/make-timezones.js from tzdata ${version}; do not edit.

/** Zone, its POSIX TZ string (IEEE Std 1003.1 §8.3), and the ISO 3166-1 country it lies in, if any. */
export const ZONES: readonly (readonly [zone: string, posix: string, country: string])[] = [
${rows.join('\n')}
];
`,
);
