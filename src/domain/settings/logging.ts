import { z } from 'zod';
import { host, port } from './common.ts';
import { setting } from './setting.ts';

export const logLevel = z.enum(['error', 'warning', 'info', 'debug']);
export type LogLevel = z.output<typeof logLevel>;

export const loggingSettings = {
  'logging.syslogServer': setting({
    scope: 'phone',
    schema: host,
    title: 'Syslog server',
    help: 'Where the phone sends its log (RFC 3164 over UDP).',
    example: 'syslog.example.com',
  }),
  'logging.syslogPort': setting({
    scope: 'phone',
    schema: port,
    title: 'Syslog port',
    help: '514 where it is left out.',
    example: 514,
  }),
  'logging.level': setting({
    scope: 'phone',
    schema: logLevel,
    title: 'Log level',
    help: 'The least severe message that is logged.',
    example: 'warning',
  }),
} as const;
