import { writeLines } from './journal-rows.ts';
import type { Executor, Session } from './session.ts';

/** The session inside a transaction. One failed write spoils the whole, even where `work` goes on after it. */
export function sessionInside(db: Executor): { readonly session: Session; readonly assertWhole: () => void } {
  let failure: { readonly error: unknown } | undefined;
  const write = <T>(work: (inside: Executor) => Promise<T>): Promise<T> =>
    work(db).catch((error: unknown) => {
      failure ??= { error };
      throw error;
    });
  return {
    session: {
      reads: db,
      write,
      writeJournal: (lines) => write((inside) => writeLines(inside, lines)),
    },
    assertWhole: () => {
      if (failure) throw failure.error;
    },
  };
}
