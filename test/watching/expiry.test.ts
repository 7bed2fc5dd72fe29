import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shownCertificates, warnOfExpiry } from '../../src/app/certificates/expiry.ts';
import type { Log } from '../../src/app/ports.ts';
import { Secret } from '../../src/domain/secret.ts';
import { startTestProduct } from '../kit/product.ts';

const DAY = 86_400_000;
const bought = (notAfter: Date) => ({
  id: 'bought',
  name: 'secure/prov.example.com/rsa',
  door: 'secure' as const,
  host: 'prov.example.com',
  keyType: 'rsa' as const,
  privateKey: new Secret('none'),
  chain: 'none',
  notAfter: notAfter.toISOString(),
  sniOnly: true,
  selfSigned: false,
});

test('a certificate is announced from thirty days before its end, and after it', () => {
  const now = new Date('2026-03-02T10:00:00Z');
  const lines: object[] = [];
  const nothing = (): void => undefined;
  const log: Log = { info: nothing, error: nothing, warn: (event, fields) => void lines.push({ event, ...fields }) };
  const after = (days: number): Date => new Date(now.getTime() + days * DAY);
  const certificates = [after(31), after(29.5), after(-1)].map((end) => bought(end));
  warnOfExpiry({ clock: { now: () => now }, log }, shownCertificates(certificates, 'prov.example.com'));
  const about = { event: 'certificate_expiring', certificate: 'secure/prov.example.com/rsa' };
  expect(lines).toEqual([
    { ...about, notAfter: after(29.5).toISOString(), days: 29 },
    { ...about, notAfter: after(-1).toISOString(), days: -1 },
  ]);
});

test('one of our own for an earlier host name, and a request that waits, end for nobody', () => {
  const { chain, ...request } = bought(new Date());
  expect(shownCertificates([{ ...request, chain, selfSigned: true }, request], 'other.example.com')).toEqual([]);
});

test('at the start the log says which certificate ends soon', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'offhook-test-'));
  const end = new Date(Date.now() + 10 * DAY);
  try {
    const before = await startTestProduct({ dataDir });
    expect(before.log.join()).not.toContain('certificate_expiring');
    const all = await before.product.store.platform.certificates.list({ limit: 100 });
    const model = all.find(({ name }) => name.startsWith('secure/'));
    if (model === undefined) throw new Error('the secure door has no certificate');
    const { privateKey, chain = '' } = model;
    await before.product.store.platform.certificates.create({ ...bought(end), privateKey, chain });
    await before.close();
    const log: string[] = [];
    const write = (event: string, fields: object): void => void log.push(JSON.stringify({ event, ...fields }));
    const after = await startTestProduct({ dataDir, log: { info: write, warn: write, error: write } });
    try {
      expect(log.filter((line) => line.includes('certificate_expiring'))).toHaveLength(1);
      expect(after.log.join()).toContain('"certificate":"secure/prov.example.com/rsa"');
    } finally {
      await after.close();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
