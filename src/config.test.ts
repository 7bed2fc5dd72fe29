import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readConfig, type Config } from './config.ts';
import { without } from './domain/fields.ts';

const OIDC = {
  issuer: 'https://login.example.com/realms/acme',
  clientId: 'offhook',
  clientSecret: 'canary',
  title: 'Sign in with Example',
  publicUrl: 'https://offhook.example.com/',
};

function read(oidc: unknown, environment: Readonly<Record<string, string>> = {}): Config | readonly string[] {
  const dir = mkdtempSync(join(tmpdir(), 'offhook-config-'));
  try {
    const file = join(dir, 'config.yaml');
    writeFileSync(file, stringify(oidc === undefined ? {} : { oidc }));
    const config = readConfig(file, environment);
    return config.ok ? config.value : config.error.problems;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

test('sign-in by OpenID Connect is off where it is left out, and has its defaults where it is not', () => {
  expect(read(undefined)).not.toHaveProperty('oidc');
  expect(read(OIDC)).toMatchObject({
    oidc: {
      publicUrl: 'https://offhook.example.com',
      scopes: ['openid', 'profile', 'email'],
      userClaim: 'preferred_username',
      roles: [],
      autoCreate: false,
    },
  });
  expect(JSON.stringify(read(OIDC))).not.toContain('canary');
});

test('the client’s secret is taken from the environment as it is written', () => {
  for (const secret of ['0123', 'true', '@x: {', '"quoted"', '- a', '# b']) {
    const config = read(without(OIDC, 'clientSecret'), { OFFHOOK_OIDC_CLIENTSECRET: secret });
    expect('oidc' in config && config.oidc?.clientSecret?.reveal(), secret).toBe(secret);
  }
});

const ACME = { value: 'a', role: 'admin', tenant: 'acme' };
const WRONG: readonly (readonly [entry: string, change: object, message: string])[] = [
  ['oidc.issuer', { issuer: 'http://login.example.com' }, 'must be https'],
  ['oidc.issuer', { issuer: 'login' }, 'must be a URL'],
  ['oidc.issuer', { issuer: 'https://login.example.com/?a' }, 'no query'],
  ['oidc.publicUrl', { publicUrl: 'https://offhook.example.com/admin' }, 'without a path'],
  ['oidc.publicUrl', { publicUrl: 'http://offhook.example.com' }, 'must be https'],
  ['oidc.clientSecret', { clientSecretFile: '/etc/secret' }, 'either this or clientSecretFile'],
  ['oidc.clientSecret', { clientSecret: undefined }, 'either this or clientSecretFile'],
  ['oidc.scopes', { scopes: ['profile'] }, 'openid'],
  ['oidc.scopes.1', { scopes: ['openid', 'a b'] }, 'must be a scope'],
  ['oidc.roleClaim', { roles: [ACME] }, 'must be given'],
  ['oidc.roles', { roleClaim: 'groups' }, 'must be given'],
  ['oidc.roles.0.tenant', { roleClaim: 'groups', roles: [{ ...ACME, tenant: undefined }] }, 'for the role admin'],
  ['oidc.roles.0.tenant', { roleClaim: 'groups', roles: [{ ...ACME, role: 'operator' }] }, 'belongs to no tenant'],
  ['oidc.roles.0.role', { roleClaim: 'groups', roles: [{ ...ACME, role: 'user' }] }, 'operator'],
  ['oidc.autoCreate', { autoCreate: true }, 'needs roleClaim and roles'],
  ['oidc.title', { title: undefined }, ''],
];
test.each(WRONG)('a wrong %s is one error that names the entry (%j)', (entry, change, message) => {
  const problems = read({ ...OIDC, ...change });
  expect(problems).toEqual([expect.stringContaining(`${entry}: `)]);
  expect(problems).toEqual([expect.stringContaining(message)]);
  expect(JSON.stringify(problems)).not.toContain('canary');
});
