import { randomBytes } from 'node:crypto';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Crypto } from '../app/ports.ts';
import { createCipher, type Cipher, type MasterKey } from './cipher.ts';
import { createCrypto } from './crypto.ts';

const KEY_BYTES = 32;

const keyText = z
  .base64()
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((key) => key.length === KEY_BYTES, { error: `must be ${KEY_BYTES} bytes in base64` });

/** The master key file. The first key encrypts; older ones only read, until a rekey has dropped them. */
const keyFile = z.strictObject({
  hashing: keyText,
  keys: z.tuple(
    [z.strictObject({ id: z.string().regex(/^[a-z0-9]{1,32}$/), key: keyText })],
    z.strictObject({ id: z.string().regex(/^[a-z0-9]{1,32}$/), key: keyText }),
  ),
});

interface KeyFile {
  readonly hashing: Uint8Array;
  readonly keys: readonly [MasterKey, ...MasterKey[]];
}

/** The keys of an installation: who has this file can read the secrets of the database. */
export interface Keyring {
  readonly cipher: Cipher;
  readonly crypto: Crypto;
  /** Keys by id, the one that writes first. */
  readonly keyIds: () => readonly string[];
  /** Makes a new key the one that writes; on disk when it returns. */
  readonly addKey: () => Promise<void>;
  /** Forgets every key but the one that writes. */
  readonly dropOldKeys: () => Promise<void>;
}

const newKey = (): MasterKey => ({ id: randomBytes(4).toString('hex'), key: randomBytes(KEY_BYTES) });

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const textOf = ({ hashing, keys }: KeyFile): string =>
  `${JSON.stringify({ hashing: base64(hashing), keys: keys.map(({ id, key }) => ({ id, key: base64(key) })) }, null, 2)}\n`;

async function syncDirectory(file: string): Promise<void> {
  const directory = await open(dirname(file), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function writeNew(file: string, text: string, flag: 'wx' | 'w'): Promise<void> {
  const handle = await open(file, flag, 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** All or nothing: the old file stays until the new one is on the disk. */
async function replaceFile(file: string, text: string): Promise<void> {
  await writeNew(`${file}.new`, text, 'w');
  await rename(`${file}.new`, file);
  await syncDirectory(file);
}

async function readKeys(file: string): Promise<KeyFile | undefined> {
  let text: string;
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0) throw new Error(`${file}: others may read the master key; run chmod 600 on it`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  // What is wrong is said without the text itself: it is all secret.
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(`${file}: is no master key file (not JSON); put the right file back`);
  }
  const parsed = keyFile.safeParse(json);
  if (!parsed.success) {
    const where = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new Error(`${file}: is no master key file (${where || 'wrong form'}); put the right file back`);
  }
  return parsed.data;
}

async function createKeys(file: string): Promise<KeyFile> {
  const made: KeyFile = { hashing: randomBytes(KEY_BYTES), keys: [newKey()] };
  await writeNew(file, textOf(made), 'wx');
  await syncDirectory(file);
  return made;
}

/** Reads the master key file, or makes it with mode 0600 where there is none. */
export async function openKeyring(file: string): Promise<Keyring> {
  let content = (await readKeys(file)) ?? (await createKeys(file));
  const keep = async (keys: KeyFile['keys']): Promise<void> => {
    const changed = { ...content, keys };
    await replaceFile(file, textOf(changed));
    content = changed;
  };
  return {
    cipher: createCipher(() => content.keys),
    crypto: createCrypto(content.hashing),
    keyIds: () => content.keys.map(({ id }) => id),
    addKey: () => keep([newKey(), ...content.keys]),
    dropOldKeys: () => keep([content.keys[0]]),
  };
}
