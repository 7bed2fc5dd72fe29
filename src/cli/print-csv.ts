import { Writable } from 'node:stream';
import type { Api } from './api.ts';
import type { Cli } from './cli.ts';

/** Prints a table of the server as it comes, as often as it is asked for: the columns are named once. */
export function csvPrinter(cli: Cli, api: Api): (path: readonly string[]) => Promise<void> {
  let header: 'present' | 'absent' = 'present';
  return async (path) => {
    const into = new Writable({
      write: (chunk: Uint8Array, _encoding, done) => {
        cli.print(chunk);
        done();
      },
    });
    const table = [...path.slice(0, -1), `${path.at(-1) ?? ''}.csv`];
    await api.ask('GET', table, { query: { header }, into });
    header = 'absent';
  };
}
