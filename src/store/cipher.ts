import { createCipheriv, createDecipheriv } from 'node:crypto';
import { StoreUnavailable } from '../app/ports.ts';
import { randomFew } from './random.ts';

/** A key of the master key file. */
export interface MasterKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/** A secret as it lies in the database: key id, nonce, ciphertext with tag; the last two in base64. */
export interface Sealed {
  readonly k: string;
  readonly n: string;
  readonly c: string;
}

/** AES-256-GCM under the newest key; reads what older keys of the file wrote. `context` says where it lies (`phones/ID`): moved elsewhere it can't be read. */
export interface Cipher {
  readonly keyId: () => string;
  readonly seal: (bytes: Uint8Array, context: string) => Sealed;
  readonly open: (sealed: Sealed, context: string) => Buffer;
  /** The same in one piece, for binary columns. */
  readonly sealBytes: (bytes: Uint8Array, context: string) => Buffer;
  readonly openBytes: (sealed: Uint8Array, context: string) => Buffer;
}

// NIST SP 800-38D §8.2.2: 96-bit random nonces are safe for 2^32 messages under one key.
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface Box {
  readonly keyId: string;
  readonly nonce: Uint8Array;
  readonly body: Uint8Array;
}

function encrypt({ id, key }: MasterKey, bytes: Uint8Array, context: string): Box {
  const nonce = randomFew(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  return { keyId: id, nonce, body: Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]) };
}

function decrypt(keys: readonly MasterKey[], { keyId, nonce, body }: Box, context: string): Buffer {
  const key = keys.find(({ id }) => id === keyId)?.key;
  if (key === undefined) {
    throw new StoreUnavailable(`${context} is encrypted under key ${keyId}, which the key file does not have`);
  }
  try {
    const tagAt = body.length - TAG_BYTES;
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(context))
      .setAuthTag(body.subarray(tagAt));
    return Buffer.concat([decipher.update(body.subarray(0, tagAt)), decipher.final()]);
  } catch (cause) {
    throw new StoreUnavailable(
      `${context} can't be decrypted with key ${keyId}: another key, or the data was changed`,
      {
        cause,
      },
    );
  }
}

/** A cipher over keys that may change while it is in use; the first is the one that writes. */
export function createCipher(keys: () => readonly [MasterKey, ...MasterKey[]]): Cipher {
  return {
    keyId: () => keys()[0].id,
    seal: (bytes, context) => {
      const { keyId, nonce, body } = encrypt(keys()[0], bytes, context);
      return { k: keyId, n: Buffer.from(nonce).toString('base64'), c: Buffer.from(body).toString('base64') };
    },
    open: ({ k, n, c }, context) =>
      decrypt(keys(), { keyId: k, nonce: Buffer.from(n, 'base64'), body: Buffer.from(c, 'base64') }, context),
    sealBytes: (bytes, context) => {
      const { keyId, nonce, body } = encrypt(keys()[0], bytes, context);
      const id = Buffer.from(keyId);
      return Buffer.concat([Buffer.of(id.length), id, nonce, body]);
    },
    openBytes: (sealed, context) => {
      const nonceAt = 1 + (sealed[0] ?? 0);
      const bodyAt = nonceAt + NONCE_BYTES;
      const keyId = Buffer.from(sealed.subarray(1, nonceAt)).toString();
      return decrypt(
        keys(),
        { keyId, nonce: sealed.subarray(nonceAt, bodyAt), body: sealed.subarray(bodyAt) },
        context,
      );
    },
  };
}
