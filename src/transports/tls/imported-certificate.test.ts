import { createPrivateKey, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestCa, type TestCa, type TestCertificate, type Wanted } from '../../../test/kit/test-ca.ts';
import { Secret } from '../../domain/secret.ts';
import { createAuthority, issueServerCertificate, type KeyAndCertificate } from './ca.ts';
import { createCertificateRequest } from './csr.ts';
import { checkImportedCertificate } from './imported-certificate.ts';

const HOST = 'prov.example.com';
const DAY = 24 * 60 * 60 * 1000;
const now = new Date();

describe('a certificate that came back is checked before it is used', () => {
  let root: TestCa;
  let issuing: TestCa;
  let good: TestCertificate;
  const issue = (wanted: Wanted = {}): Promise<TestCertificate> =>
    issuing.issue({ keyType: 'ec', subject: [['CN', HOST]], hosts: [HOST], ...wanted });
  const check = (certificate: TestCertificate, chainPem = certificate.chain, caPems = [root.certificate]) =>
    checkImportedCertificate({ key: new Secret(certificate.key), host: HOST, chainPem, caPems, now });
  const kinds = (checked: ReturnType<typeof check>): string[] =>
    checked.ok ? [] : checked.error.map((problem) => problem.kind);

  beforeAll(async () => {
    root = await createTestCa('Maker Root', { keyType: 'ec' });
    issuing = await root.issueCa('Maker Issuing', { keyType: 'ec' });
    good = await issue();
  });

  it('a good one may be used, leaf first whatever the order it came in', () => {
    const mixed = issuing.certificate + good.certificate + root.certificate;
    const checked = check(good, mixed, []);
    expect(checked.ok && checked.value.chain.trim()).toBe((good.certificate + issuing.certificate).trim());
    expect(checked.ok && checked.value.subject).toBe(`CN=${HOST}`);
  });

  it('one that belongs to another key is refused', async () => {
    expect(kinds(check({ ...(await issue()), chain: good.chain }))).toEqual(['does_not_match_key']);
  });

  it('one for another host is refused, and says what it covers', async () => {
    const other = check(await issue({ hosts: ['other.example.com'] }));
    expect(other).toMatchObject({ error: [{ kind: 'host_not_covered', host: HOST, covers: 'DNS:other.example.com' }] });
  });

  it('one whose intermediate is missing is refused, and names it', () => {
    expect(check(good, good.certificate)).toMatchObject({
      error: [{ kind: 'chain_incomplete', missing: 'CN=Maker Issuing' }],
    });
    expect(kinds(check(good, good.chain, []))).toEqual(['chain_incomplete']);
  });

  it('one that is out of its time is refused, and so is one with an expired CA', async () => {
    expect(kinds(check(await issue({ notAfter: new Date(now.getTime() - DAY) })))).toEqual(['expired']);
    expect(kinds(check(await issue({ notBefore: new Date(now.getTime() + DAY) })))).toEqual(['not_yet_valid']);
    const oldCa = await root.issueCa('Old', { keyType: 'ec', notAfter: new Date(now.getTime() - DAY) });
    expect(kinds(check(await oldCa.issue({ keyType: 'ec', hosts: [HOST] })))).toEqual(['expired']);
  });

  it('all that is wrong is named at once', async () => {
    const wrong = await issue({ hosts: ['other.example.com'], notAfter: new Date(now.getTime() - DAY) });
    expect(kinds(check(wrong, wrong.certificate))).toEqual(['expired', 'host_not_covered', 'chain_incomplete']);
  });

  it('text that is no certificate is refused', () => {
    expect(kinds(check(good, 'hello'))).toEqual(['no_certificate']);
    expect(kinds(check(good, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'))).toEqual([
      'no_certificate',
    ]);
  });

  it('the maker’s form with the name in the subject alone, followed by a slash, covers the host', async () => {
    const spa = await issuing.issue({ keyType: 'ec', subject: [['CN', `${HOST}/customer`]] });
    expect(kinds(check(spa))).toEqual([]);
  });
});

describe('a signing request', () => {
  it.each(['rsa', 'ec'] as const)(
    'names the host in subject and alternative name (%s), and its key stays secret',
    async (keyType) => {
      const made = await createCertificateRequest(HOST, keyType);
      expect(made.csr).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----/);
      expect(createPrivateKey(made.privateKey.reveal()).asymmetricKeyType).toBe(keyType);
      expect(JSON.stringify(made)).not.toContain('PRIVATE KEY');
      const { Pkcs10CertificateRequest } = await import('@peculiar/x509');
      const read = new Pkcs10CertificateRequest(made.csr);
      expect(read.subject).toBe(`CN=${HOST}`);
      expect(await read.verify()).toBe(true);
    },
  );
});

describe('our own CA', () => {
  let authority: KeyAndCertificate;
  beforeAll(async () => {
    authority = await createAuthority('Offhook CA', now);
  });

  it.each(['rsa', 'ec'] as const)('issues a server certificate (%s) for names and addresses', async (keyType) => {
    const made = await issueServerCertificate(authority, { hosts: [HOST, '192.0.2.1'], keyType, now });
    const leaf = new X509Certificate(made.certificate);
    expect(leaf.checkHost(HOST)).toBe(HOST);
    expect(leaf.checkIP('192.0.2.1')).toBe('192.0.2.1');
    expect(leaf.publicKey.asymmetricKeyType).toBe(keyType);
    const checked = checkImportedCertificate({
      key: made.privateKey,
      host: HOST,
      chainPem: made.certificate,
      caPems: [authority.certificate],
      now,
    });
    expect(checked.ok).toBe(true);
  });
});
