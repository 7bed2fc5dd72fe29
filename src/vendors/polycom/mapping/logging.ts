import type { LogLevel } from '../../../domain/settings/logging.ts';
import { cannot, type Mapping } from '../../kit/driver.ts';
import { device } from '../params.ts';

// 0 to 6, lower is more; as public templates translate the words.
const RENDER_LEVEL = { debug: '1', info: '2', warning: '3', error: '4' } as const satisfies Record<LogLevel, string>;

// Source: public templates of UCS. Transport 1 is UDP; 0 with an empty name is off.
export const logging: Mapping = {
  'logging.syslogServer': {
    set: (host) =>
      device({ 'syslog.serverName': host, 'syslog.transport': '1', 'syslog.facility': '16', 'syslog.prependMac': '1' }),
    clear: () =>
      device({ 'syslog.serverName': '', 'syslog.transport': '0', 'syslog.facility': '16', 'syslog.prependMac': '0' }),
  },
  'logging.syslogPort': (port) =>
    port === 514 ? {} : cannot(`device.syslog.* has no port; syslog goes to 514, not to ${port}`),
  'logging.level': {
    set: (level) => device({ 'syslog.renderLevel': RENDER_LEVEL[level] }),
    clear: () => device({ 'syslog.renderLevel': '4' }),
  },
};
