import { z } from 'zod';
import { Secret } from '../../domain/secret.ts';
import type { Crypto } from '../ports.ts';

// A backup is one gzip file of lines of JSON: a header, one line for each object, and an end with the number of lines
// before it and their keyed checksum. Secrets stand in it as they lie in the store: sealed under the master key.

export const FORMAT = 'offhook-backup';
/** Of the file itself; the `schema` beside it is that of the store. */
export const FORMAT_VERSION = 1;

/** The longest line: an upload of a phone, in base64 and sealed, has about two million characters. */
export const MAX_LINE_CHARACTERS = 8 * 1024 * 1024;

export const header = z.strictObject({
  format: z.literal(FORMAT),
  version: z.int().min(1),
  schema: z.int().min(1),
  offhook: z.string().max(40),
  created: z.iso.datetime(),
  firmware: z.boolean(),
  /** Something sealed, so that another master key is noticed first. */
  key: z.unknown(),
});
export type Header = z.output<typeof header>;

/** What every version's header has: enough to say that it is a newer one. */
export const headOfHeader = header.pick({ format: true, version: true, schema: true, offhook: true }).loose();

export const KEY_CONTEXT = 'backup/key';
export const keyCheck = new Secret('offhook');

/** One object, with the tenant that owns it, or what belongs to one phone. */
export const objectLine = z.strictObject({
  kind: z.string().max(40),
  tenant: z.string().max(64).optional(),
  phone: z.string().max(64).optional(),
  version: z.int().min(1).optional(),
  doc: z.unknown(),
});
export type ObjectLine = z.output<typeof objectLine>;

/** Content of a firmware file: this line, then its bytes in as many `piece` lines as it takes. */
export const fileLine = z.strictObject({
  kind: z.literal('file'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int().min(0),
});
export const pieceLine = z.strictObject({ kind: z.literal('piece'), bytes: z.base64() });

export const endLine = z.strictObject({
  kind: z.literal('end'),
  lines: z.int().min(0),
  checksum: z.string(),
});

export type Line =
  Header | ObjectLine | z.output<typeof fileLine> | z.output<typeof pieceLine> | z.output<typeof endLine>;

/** The checksum of all lines so far, made of the one before and the next line: nobody without the master key can make it. */
export const addToChecksum = (crypto: Pick<Crypto, 'keyedHash'>, before: string, line: string): string =>
  crypto.keyedHash('backup', `${before}\n${line}`);

/** Where a sealed secret lies, so that it can't be read in another object. */
export const sealedAt = (kind: string, id: string): string => `backup/${kind}/${id}`;

/** Bytes as text and back. */
export interface Base64 {
  readonly encode: (bytes: Uint8Array) => string;
  readonly decode: (text: string) => Uint8Array;
}
