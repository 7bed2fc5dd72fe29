/** One header field: its full name in lower case, its value without folding. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

interface Parts {
  readonly headers: readonly HeaderField[];
  readonly body: Uint8Array;
}

/** RFC 3261 §7.1. */
export interface SipRequest extends Parts {
  readonly kind: 'request';
  readonly method: string;
  readonly uri: string;
}

/** RFC 3261 §7.2. */
export interface SipResponse extends Parts {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
}

export type SipMessage = SipRequest | SipResponse;

export const NO_BODY = new Uint8Array();

/** Every field of this name, in order. Lists inside of one field are left as they are. */
export const headersOf = ({ headers }: Parts, name: string): readonly string[] =>
  headers.filter((field) => field.name === name).map(({ value }) => value);

export const headerOf = ({ headers }: Parts, name: string): string | undefined =>
  headers.find((field) => field.name === name)?.value;
