import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import { BASE64 } from '../../src/api/backup/base64.ts';
import type { Actor } from '../../src/app/access/actor.ts';
import { BadBackup } from '../../src/app/backup/bad-backup.ts';
import { addToChecksum } from '../../src/app/backup/format.ts';
import { restoreBackup } from '../../src/app/backup/restore-backup.ts';
import { backupLines } from '../../src/app/backup/write-backup.ts';
import { createCipher } from '../../src/store/cipher.ts';
import { createCrypto } from '../../src/store/crypto.ts';
import { createSealing } from '../../src/store/json-codec.ts';
import { memoryStore } from '../../src/store/memory/memory-store.ts';
import { SCHEMA_VERSION } from '../../src/store/migrations/list.ts';
import { memoryFiles } from '../kit/api.ts';
import {
  accessTokenOf,
  extensionNumber,
  firmwareNamed,
  groupNamed,
  id,
  phoneNumber,
  tenantNamed,
  userNamed,
  withExtensions,
} from '../kit/store-objects.ts';

// Whoever makes a backup here has the master key: else its checksum would refuse it before anything is looked at.
const crypto = createCrypto(new Uint8Array(32));
const sealing = createSealing(createCipher(() => [{ id: 'fuzz', key: new Uint8Array(32) }]));
const actor: Actor = { name: 'root', role: 'operator', mayReveal: true, from: 'fuzz' };
const clock = { now: () => new Date(0) };
const world = { crypto, sealing, clock, base64: BASE64, schema: SCHEMA_VERSION };

/** The lines of a backup with something of nearly every kind, without its end. */
export async function madeBackup(): Promise<Buffer> {
  const [store, files] = [memoryStore({ crypto }), memoryFiles()];
  const acme = tenantNamed('acme');
  await store.platform.tenants.create(acme);
  const own = store.tenant(acme.id);
  await own.groups.create(groupNamed('sales'));
  await own.extensions.create(extensionNumber('100'));
  const phone = phoneNumber(1, acme, withExtensions(extensionNumber('100')));
  await own.phones.create(phone);
  await own.phones.updateState(phone.id, () => ({ given: ['a'], served: {} }));
  await own.uploads.put(phone.id, 'boot.log', Buffer.from('log'), new Date(0), 3);
  const rom = await files.write(Readable.from([Buffer.from('firmware')]), 1000);
  if (rom !== 'too_large')
    await store.platform.firmware.create(firmwareNamed('a.rom', { ...rom, id: id('firmware-a') }));
  await store.platform.users.create(userNamed('root'));
  await store.platform.tokens.create(accessTokenOf(userNamed('root'), 'crm'));
  await store.platform.leftovers.keep({ identity: 'mac/805ec0000009', given: ['b'] });
  const lines: string[] = [];
  for await (const line of backupLines({ ...world, store, files, version: '1.0.0' }, { withFirmware: true }))
    lines.push(line);
  return Buffer.from(lines.slice(0, -1).join(''));
}

/** Restores these lines with the end that belongs to them; a backup that is refused is no error. */
export async function restoreText(text: string): Promise<'restored' | 'refused'> {
  const lines = text.replace(/\n$/, '').split('\n');
  const checksum = lines.reduce((before, line) => addToChecksum(crypto, before, line), '');
  const all = [...lines, JSON.stringify({ kind: 'end', lines: lines.length, checksum })];
  const ports = { ...world, store: memoryStore({ crypto }), files: memoryFiles(), maxFileBytes: 1_000_000 };
  try {
    await restoreBackup(ports)(actor, () => Readable.from(all), { replace: true });
    return 'restored';
  } catch (error) {
    if (error instanceof BadBackup) return 'refused';
    throw error;
  }
}
