import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import { BASE64 } from '../../src/api/backup/base64.ts';
import { addToChecksum } from '../../src/app/backup/format.ts';
import { backupLines } from '../../src/app/backup/write-backup.ts';
import type { Crypto, Sealing } from '../../src/app/ports.ts';
import { Secret } from '../../src/domain/secret.ts';
import { memoryStore } from '../../src/store/memory/memory-store.ts';
import { SCHEMA_VERSION } from '../../src/store/migrations/list.ts';
import { memoryFiles } from './api.ts';
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
} from './store-objects.ts';

/** Whoever crafts a backup in a test has the master key: else its checksum would refuse it before anything is looked at. */
export interface BackupKeys {
  readonly crypto: Crypto;
  readonly sealing: Sealing;
}

export const ROM = Buffer.from('firmware of the phone');
export const rival = tenantNamed('rival');
const acme = tenantNamed('acme');
export const phone = phoneNumber(1, acme, {
  settings: { 'time.zone': { value: 'Europe/Berlin', by: 'ada', at: '2026-03-01T00:00:00.000Z' } },
  raw: { 'account.1.x': { value: new Secret('raw') } },
  ...withExtensions(extensionNumber('100')),
});

/** The lines of a backup with something of nearly every kind, without its end. */
export async function goodBackup({ crypto, sealing }: BackupKeys): Promise<readonly string[]> {
  const [store, files] = [memoryStore({ crypto }), memoryFiles()];
  const rom = await files.write(Readable.from([ROM]), 1000);
  for (const tenant of [acme, rival]) await store.platform.tenants.create(tenant);
  const own = store.tenant(acme.id);
  await own.groups.create(groupNamed('z-outer'));
  await own.groups.create(groupNamed('inner', { parent: groupNamed('z-outer').id }));
  await own.extensions.create(extensionNumber('100'));
  await own.phones.create(phone, 4);
  await own.phones.updateState(phone.id, () => ({ given: ['a'], served: {} }));
  await own.uploads.put(phone.id, 'boot.log', Buffer.from('log'), new Date(0), 3);
  if (rom !== 'too_large')
    await store.platform.firmware.create(firmwareNamed('a.rom', { ...rom, id: id('firmware-a') }));
  await store.platform.users.create(userNamed('root'));
  await store.platform.tokens.create(accessTokenOf(userNamed('root'), 'crm'));
  await store.platform.leftovers.keep({ identity: 'mac/805ec0000009', given: ['b'] });
  const world = { store, files, crypto, sealing, base64: BASE64, clock: { now: () => new Date(0) } };
  const lines = backupLines({ ...world, version: '1.0.0', schema: SCHEMA_VERSION }, { withFirmware: true });
  const all: string[] = [];
  for await (const line of lines) all.push(line.trimEnd());
  return all.slice(0, -1);
}

/** With the end that belongs to them, as only who has the master key can make it. */
export function withEnd(crypto: Crypto, lines: readonly string[]): readonly string[] {
  const checksum = lines.reduce((before, line) => addToChecksum(crypto, before, line), '');
  return [...lines, JSON.stringify({ kind: 'end', lines: lines.length, checksum })];
}
