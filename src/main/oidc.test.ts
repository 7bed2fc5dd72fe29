import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MemoryNonceUses } from '../app/serve/nonce-uses.ts';
import { readConfig } from '../config.ts';
import { openOidc } from './oidc.ts';

const clock = { now: () => new Date() };

async function open(file: string): Promise<unknown> {
  const config = readConfig(undefined, {
    OFFHOOK_OIDC_ISSUER: 'https://login.example.com',
    OFFHOOK_OIDC_CLIENTID: 'offhook',
    OFFHOOK_OIDC_CLIENTSECRETFILE: file,
    OFFHOOK_OIDC_TITLE: 'Sign in',
    OFFHOOK_OIDC_PUBLICURL: 'https://offhook.example.com',
  });
  if (!config.ok) throw new Error(config.error.problems.join('; '));
  return openOidc(config.value, new MemoryNonceUses('', () => performance.now()), clock);
}

test('a file of the client’s secret that cannot be read, or is empty, stops the start and is named', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'offhook-oidc-'));
  try {
    const file = join(dir, 'secret');
    await expect(open(file)).rejects.toThrow(`oidc.clientSecretFile: ${file} cannot be read: ENOENT`);
    await writeFile(file, '\n');
    await expect(open(file)).rejects.toThrow(`oidc.clientSecretFile: ${file} is empty`);
    await writeFile(file, 'secret\n');
    expect(await open(file)).toMatchObject({ oidc: { title: 'Sign in', publicUrl: 'https://offhook.example.com' } });
  } finally {
    await rm(dir, { recursive: true });
  }
});
