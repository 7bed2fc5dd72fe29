import type { Log } from '../app/ports.ts';

const WINDOW_MILLISECONDS = 60_000;
const LINES_PER_WINDOW = 10;

/** What the world does to us again and again while it is broken: each request, each turn of the background work. */
const REPEATED: ReadonlySet<string> = new Set([
  'api_failed',
  'background_failed',
  'ban_not_kept',
  'http_read_failed',
  'http_request_failed',
  'intermediate_not_kept',
  'journal_failed',
  'note_served_failed',
  'renew_trust_failed',
  'serve_failed',
  'tftp_read_failed',
  'tftp_session_failed',
  'token_use_failed',
]);

interface Said {
  since: number;
  lines: number;
  unsaid: number;
}

/**
 * The same log, but a disk that is full for a night does not fill it as well: past ten lines a minute an event that
 * repeats is only counted, and its next line says how many were left out.
 */
export function quietLog(log: Log, milliseconds: () => number = () => performance.now()): Log {
  const said = new Map<string, Said>();
  const unsaidBefore = (event: string): number | undefined => {
    const now = milliseconds();
    const known = said.get(event);
    if (known === undefined || now - known.since >= WINDOW_MILLISECONDS) {
      said.set(event, { since: now, lines: 1, unsaid: 0 });
      return known?.unsaid ?? 0;
    }
    if (known.lines >= LINES_PER_WINDOW) {
      known.unsaid += 1;
      return undefined;
    }
    known.lines += 1;
    return 0;
  };
  const quiet =
    (level: keyof Log): Log['info'] =>
    (event, fields) => {
      const unsaid = REPEATED.has(event) ? unsaidBefore(event) : 0;
      if (unsaid !== undefined) log[level](event, unsaid > 0 ? { ...fields, unsaid } : fields);
    };
  return { info: quiet('info'), warn: quiet('warn'), error: quiet('error') };
}
