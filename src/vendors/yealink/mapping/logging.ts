import type { LogLevel } from '../../../domain/settings/logging.ts';
import { cannot, partly, type MapContext, type Mapping } from '../../kit/driver.ts';
import { device, from } from '../generation.ts';

// Source: Yealink administrator guides V73 to V87, "Log"; public templates of V83 to V87 for the DECT bases.

/** 0 to 6, 3 by default. */
// unverified: that the numbers are the severities of RFC 5424 §6.2.1, as their range and default suggest.
const LEVEL = { error: '3', warning: '4', info: '6', debug: '6' } as const satisfies Record<LogLevel, string>;

/** Up to V80 a mode; V81 and later a switch, which DECT bases from V83 on call a mode again. */
function serverSwitch(ctx: MapContext): string {
  const dectMode = from(ctx, 83) && ctx.model.family.startsWith('DECT');
  return device(ctx, from(ctx, 81) && !dectMode ? 'syslog.enable' : 'syslog.mode');
}

export const logging: Mapping = {
  'logging.syslogServer': {
    set: (host, ctx) => ({ [serverSwitch(ctx)]: '1', [device(ctx, 'syslog.server')]: host }),
    clear: (ctx) => ({ [serverSwitch(ctx)]: '0', [device(ctx, 'syslog.server')]: '' }),
  },
  'logging.syslogPort': (port, ctx) =>
    from(ctx, 81)
      ? { [device(ctx, 'syslog.server_port')]: String(port) }
      : cannot('Yealink administrator guide V80, "Log": the server has no port of its own'),
  'logging.level': (level, ctx) => {
    const params = { [device(ctx, from(ctx, 81) ? 'syslog.level' : 'syslog.log_level')]: LEVEL[level] };
    return level === 'debug'
      ? partly(params, 'Yealink administrator guide, "Log": 6 is the most, which is info; debug is beyond it')
      : params;
  },
};
