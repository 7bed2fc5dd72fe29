import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import { BASE64 } from '../../src/api/backup/base64.ts';
import type { Actor } from '../../src/app/access/actor.ts';
import { BadBackup } from '../../src/app/backup/bad-backup.ts';
import { restoreBackup } from '../../src/app/backup/restore-backup.ts';
import { createCipher } from '../../src/store/cipher.ts';
import { createCrypto } from '../../src/store/crypto.ts';
import { createSealing } from '../../src/store/json-codec.ts';
import { memoryStore } from '../../src/store/memory/memory-store.ts';
import { SCHEMA_VERSION } from '../../src/store/migrations/list.ts';
import { memoryFiles } from '../kit/api.ts';
import { goodBackup, withEnd } from '../kit/good-backup.ts';

const crypto = createCrypto(new Uint8Array(32));
const sealing = createSealing(createCipher(() => [{ id: 'fuzz', key: new Uint8Array(32) }]));
const actor: Actor = { name: 'root', role: 'operator', mayReveal: true, from: 'fuzz' };
const clock = { now: () => new Date(0) };
const world = { crypto, sealing, clock, base64: BASE64, schema: SCHEMA_VERSION };

/** The text of a good backup, without its end. */
export const madeBackup = async (): Promise<Buffer> => Buffer.from(`${(await goodBackup(world)).join('\n')}\n`);

/** Restores these lines with the end that belongs to them; a backup that is refused is no error. */
export async function restoreText(text: string): Promise<'restored' | 'refused'> {
  const all = withEnd(crypto, text.replace(/\n$/, '').split('\n'));
  const ports = { ...world, store: memoryStore({ crypto }), files: memoryFiles(), maxFileBytes: 1_000_000 };
  try {
    await restoreBackup(ports)(actor, () => Readable.from(all), { replace: true });
    return 'restored';
  } catch (error) {
    if (error instanceof BadBackup) return 'refused';
    throw error;
  }
}
