import { pino, type DestinationStream } from 'pino';
import type { Log } from '../app/ports.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LEVELS)[number];

/** What OFFHOOK_LOG says; undefined where it is no level. */
export const logLevel = (text = 'info'): LogLevel | undefined => LEVELS.find((level) => level === text);

/** Of an error only what we know the meaning of: a database's error carries whole rows in its other fields. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error;
  const { name, message, stack, cause } = error;
  return {
    name,
    message,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...(stack === undefined ? {} : { stack }),
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
}

/** Structured lines on standard error, so that standard output stays for people. */
export function createLog(level: LogLevel, destination: DestinationStream): Log {
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: describeError, failure: describeError },
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return {
    info: (event, fields) => {
      logger.info(fields, event);
    },
    warn: (event, fields) => {
      logger.warn(fields, event);
    },
    error: (event, fields) => {
      logger.error(fields, event);
    },
  };
}

/** One line for a person at a terminal: `10:00:00 warn door_refused door=secure reason=path`. */
function readable(line: string): string {
  // `as`: a line of our own log is one object.
  const { time, level, event, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const shown = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' && /^[!-~]+$/.test(value) ? value : JSON.stringify(value)}`,
  );
  return `${[String(time).slice(11, 19), String(level), String(event), ...shown].join(' ')}\n`;
}

/** Makes lines readable on their way to a terminal. */
export const readableLines = (write: (text: string) => void): DestinationStream => ({
  write: (line) => {
    write(readable(line));
  },
});
