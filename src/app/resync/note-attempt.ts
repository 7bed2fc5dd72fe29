import type { ResyncAttempt } from '../../domain/resync/attempt.ts';
import type { Store } from '../ports.ts';
import type { PhonePath } from '../serve/preview.ts';

/** Writes down what became of an attempt; undefined when a newer one has taken its place, or the phone is gone. */
export type NoteAttempt = (change: (before: ResyncAttempt) => ResyncAttempt) => Promise<ResyncAttempt | undefined>;

export const noteAttempt =
  (store: Store, { tenant, phone }: PhonePath, id: string): NoteAttempt =>
  async (change) => {
    const { resync } = await store.tenant(tenant).phones.updateState(phone, (state) => {
      const before = state.resync;
      return before?.id === id ? { ...state, resync: change(before) } : state;
    });
    return resync?.id === id ? resync : undefined;
  };
