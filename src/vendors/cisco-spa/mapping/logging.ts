import { hostPort } from '../../../domain/sip-uri.ts';
import type { LogLevel } from '../../../domain/settings/logging.ts';
import type { Mapping } from '../../kit/driver.ts';

// Source: SPA9x2 administrator guide, "System": Syslog_Server is host[:port]; Debug_Level 0 to 3, 0 by default.

// unverified: what each of the four levels holds.
const DEBUG_LEVEL = { error: '0', warning: '1', info: '2', debug: '3' } as const satisfies Record<LogLevel, string>;

export const logging: Mapping = {
  'logging.syslogServer': (host, ctx) => ({ Syslog_Server: hostPort(host, ctx.get('logging.syslogPort')) }),
  'logging.syslogPort': { partOf: 'logging.syslogServer' },
  'logging.level': (level) => ({ Debug_Level: DEBUG_LEVEL[level] }),
};
