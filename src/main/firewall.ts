import { execFile } from 'node:child_process';
import type { Firewall } from '../app/guard/guard.ts';
import type { Log } from '../app/ports.ts';
import { takeTurns } from '../store/turns.ts';

const TIMEOUT_MILLISECONDS = 10_000;

/** Commands that wait for their turn; in a flood of bans the rest is left to the bans of our own. */
const MOST_WAITING = 100;

function run(program: string, argv: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    // No shell: nobody's text is read as a command. Nothing of our environment either, which may hold secrets.
    const options = { timeout: TIMEOUT_MILLISECONDS, env: { PATH: process.env['PATH'] ?? '' }, maxBuffer: 65_536 };
    execFile(program, argv, options, (error) => {
      if (error === null) resolve();
      else reject(new Error(`${program} failed`, { cause: error }));
    });
  });
}

/** Runs the operator's own program for each ban, one at a time: `PROGRAM ban ADDRESS SECONDS`, `PROGRAM lift ADDRESS`. */
export function commandFirewall(program: string, log: Log): Firewall {
  const { inTurn } = takeTurns();
  let waiting = 0;
  const tell = async (...argv: readonly string[]): Promise<void> => {
    if (waiting >= MOST_WAITING) {
      log.error('ban_command_failed', { reason: 'too many are waiting' });
      return;
    }
    waiting += 1;
    try {
      await inTurn(() => run(program, argv));
    } catch (error) {
      log.error('ban_command_failed', { reason: error instanceof Error ? error.message : 'unknown' });
    } finally {
      waiting -= 1;
    }
  };
  return {
    ban: (address, seconds) => tell('ban', address, String(seconds)),
    lift: (address) => tell('lift', address),
  };
}
