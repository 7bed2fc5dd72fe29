import { pino, type DestinationStream } from 'pino';
import type { Log } from '../app/ports.ts';

/** Structured lines on standard error, so that standard output stays for people. */
export function createLog(level: string, destination: DestinationStream): Log {
  const logger = pino(
    { level, base: null, messageKey: 'event', timestamp: pino.stdTimeFunctions.isoTime },
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
