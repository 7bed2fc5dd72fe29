import { createHash } from 'node:crypto';

/** The bytes as they come; at their end it throws when they have another checksum. */
export async function* withChecksum(sha256: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
  const found = hash.digest('hex');
  if (found !== sha256) throw new Error(`content of the checksum ${sha256} has the checksum ${found}`);
}
