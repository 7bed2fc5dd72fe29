import type { Config } from '../config.ts';
import type { DoorReport } from './doors.ts';
import type { Product } from './product.ts';
import { VERSION } from './version.ts';

const WHAT: Readonly<Record<DoorReport['name'], string>> = {
  admin: 'API and administration',
  secure: 'full configuration, with proof',
  spa: 'full configuration for SPA phones',
  bootstrap: 'bootstrap and public files',
  legacy: 'bootstrap; full only where a tenant allows it',
  tftp: 'bootstrap and public files, private networks only',
  metrics: 'metrics and readiness, for whoever watches',
  pnp: 'the provisioning URL, to phones of ours that ask their network',
};

function doorLine({ name, scheme, open, host, port, remark }: DoorReport): string {
  const where = open ? `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}/` : 'closed';
  return `  ${name.padEnd(10)} ${where.padEnd(28)} ${remark ?? WHAT[name]}`;
}

/** What a person sees when the server has started: where to look, how to log in, which doors are open. */
export function banner(config: Config, { reports, firstLogin }: Product): string {
  const login =
    firstLogin === undefined
      ? []
      : ['', `First login, shown this once: user ${firstLogin.name}, password ${firstLogin.password}`];
  return [
    `Offhook ${VERSION} is running. Data: ${config.dataDir}`,
    '',
    'Doors:',
    ...reports.map(doorLine),
    ...login,
    '',
    'On this machine `npx offhook` needs no login. Next: npx offhook apply -f examples/acme.yaml',
    '',
  ].join('\n');
}
