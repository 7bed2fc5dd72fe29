import { CommandFailed, EXIT } from './failure.ts';
import { problemText } from './problem-text.ts';
import type { ApiAnswer, ApiConnection, ApiMethod, ApiRequest } from './world.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** What a command sends beside method and path; `json` is written as JSON. */
export interface Asking extends Omit<ApiRequest, 'query'> {
  readonly query?: Query;
  readonly json?: unknown;
}

/** A list as the API pages it. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

const PAGE = 500;

/** Below /api/v1, every part escaped: a serial number may hold anything. */
const pathOf = (parts: readonly string[]): string => `/api/v1/${parts.map(encodeURIComponent).join('/')}`;

const queryOf = (query: Query): Record<string, string> =>
  Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

/** An answer whose body the API's contract says to be a `T`. */
export interface Answered<T> extends ApiAnswer {
  json(): T;
}

const answered = <T>(answer: ApiAnswer): Answered<T> => ({
  ...answer,
  // `as`: JSON.parse gives `any`; what the API sends is what its contract says.
  json: () => JSON.parse(new TextDecoder().decode(answer.body)) as T,
});

/** The API as commands ask it. What it refuses ends the command, unless the command wants to see it itself. */
export class Api {
  readonly #connection: ApiConnection;

  constructor(connection: ApiConnection) {
    this.#connection = connection;
  }

  /** Any answer, refusals as well. */
  async send<T>(method: ApiMethod, parts: readonly string[], asking: Asking = {}): Promise<Answered<T>> {
    const { query, json, ...rest } = asking;
    const answer = await this.#connection.request(method, pathOf(parts), {
      ...rest,
      ...(query === undefined ? {} : { query: queryOf(query) }),
      ...(json === undefined ? {} : { body: JSON.stringify(json), contentType: 'application/json' }),
    });
    return answered(answer);
  }

  async ask<T>(method: ApiMethod, parts: readonly string[], asking: Asking = {}): Promise<Answered<T>> {
    const answer = await this.send<T>(method, parts, asking);
    if (answer.status >= 400) throw new CommandFailed(EXIT.failed, problemText(answer));
    return answer;
  }

  async read<T>(parts: readonly string[], query: Query = {}): Promise<T> {
    return (await this.ask<T>('GET', parts, { query })).json();
  }

  /** All pages of a list. */
  async list<T>(parts: readonly string[], query: Query = {}): Promise<readonly T[]> {
    const items: T[] = [];
    let after: string | undefined;
    do {
      const page: Listed<T> = await this.read(parts, { ...query, limit: PAGE, after });
      items.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    return items;
  }
}
