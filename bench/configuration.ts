import { readConfig, type Config } from '../src/config.ts';

const DOORS = ['ADMIN', 'SECURE', 'SPA', 'BOOTSTRAP', 'LEGACY', 'TFTP'] as const;
export type BenchDoor = (typeof DOORS)[number];

/** The environment of a product of which every door is on loopback; a port of 0 is any free one. */
export const benchEnvironment = (
  dataDir: string,
  ports: Readonly<Partial<Record<BenchDoor, number>>>,
): Readonly<Record<string, string>> => ({
  OFFHOOK_DATADIR: dataDir,
  OFFHOOK_HOST: '127.0.0.1',
  OFFHOOK_DOORS_LEGACY_OPEN: 'true',
  ...Object.fromEntries(
    DOORS.flatMap((door) => [
      [`OFFHOOK_DOORS_${door}_PORT`, String(ports[door] ?? 0)],
      [`OFFHOOK_DOORS_${door}_ADDRESS`, '127.0.0.1'],
    ]),
  ),
});

export function benchConfig(dataDir: string): Config {
  const config = readConfig(undefined, benchEnvironment(dataDir, {}));
  if (!config.ok) throw new Error(config.error.problems.join('; '));
  return config.value;
}
