import { sql } from 'kysely';
import { StoreUnavailable } from '../../app/ports.ts';
import { Secret } from '../../domain/secret.ts';
import type { Cipher } from '../cipher.ts';
import { decodeDocument, encodeDocument, type DocumentText } from '../json-codec.ts';
import { PLATFORM_CONTEXT } from './platform.ts';
import type { Executor } from './session.ts';
import { newTag } from './tags.ts';

export const KEY_CHECK_CONTEXT = 'platform/key_check';

/** Any secret will do: what counts is whether it can be read again. */
export const keyCheck = new Secret('offhook');

/** Makes the one row of the platform, or proves with it that the master key is the one that this data was written under. */
export async function ensurePlatform(db: Executor, cipher: Cipher, where: string): Promise<void> {
  const rows = await db.run(sql<{ key_check: DocumentText<Secret> }>`select key_check from platform`);
  const check = rows[0]?.key_check;
  if (check === undefined) {
    await db.run(sql`insert into platform (id, tag, doc, key_check) values ('platform', ${newTag()},
      ${encodeDocument({ settings: {} }, cipher, PLATFORM_CONTEXT)}, ${encodeDocument(keyCheck, cipher, KEY_CHECK_CONTEXT)})`);
    return;
  }
  try {
    decodeDocument(check, cipher, KEY_CHECK_CONTEXT);
  } catch (cause) {
    throw new StoreUnavailable(
      `${where} was written under another master key than the one in the key file: put the key file back that belongs to it`,
      { cause },
    );
  }
}
