import { readConfig, type Config } from '../src/config.ts';

const DOORS = ['ADMIN', 'SECURE', 'SPA', 'BOOTSTRAP', 'LEGACY', 'TFTP'] as const;
export type Ports = Readonly<Record<(typeof DOORS)[number], number>>;

/** The environment of a product of which every door is on loopback. */
export const benchEnvironment = (dataDir: string, ports: Ports): Readonly<Record<string, string>> => ({
  OFFHOOK_DATADIR: dataDir,
  OFFHOOK_HOST: '127.0.0.1',
  OFFHOOK_DOORS_LEGACY_OPEN: 'true',
  ...Object.fromEntries(
    DOORS.flatMap((door) => [
      [`OFFHOOK_DOORS_${door}_PORT`, String(ports[door])],
      [`OFFHOOK_DOORS_${door}_ADDRESS`, '127.0.0.1'],
    ]),
  ),
});

export function benchConfig(dataDir: string, ports: Ports): Config {
  const config = readConfig(undefined, benchEnvironment(dataDir, ports));
  if (!config.ok) throw new Error(config.error.problems.join('; '));
  return config.value;
}
