import { expect, test } from 'vitest';
import { without } from '../../../domain/fields.ts';
import { claimAt, grantedRoles, nameOf } from './granted.ts';
import type { OidcRules } from './identity-provider.ts';

const rules = (roleClaim: string): OidcRules => ({
  userClaim: 'preferred_username',
  roleClaim,
  roles: [
    { value: 'ops', role: 'operator' },
    { value: 'acme', role: 'admin', tenant: 'acme' },
  ],
  autoCreate: false,
});

test('a claim is found by its name, dots and all, or by a path', () => {
  const claims = { 'https://example.com/roles': ['a'], 'a.b': 1, a: { b: 2, c: { d: 3 } } };
  expect(claimAt(claims, 'https://example.com/roles')).toEqual(['a']);
  expect(claimAt(claims, 'a.b')).toBe(1);
  expect(claimAt(claims, 'a.c.d')).toBe(3);
  for (const name of ['a.c.d.e', 'missing', 'missing.more', 'constructor', '__proto__', 'a.constructor', 'length'])
    expect(claimAt(claims, name), name).toBeUndefined();
});

test('roles come in the order of the table, from a list or one word', () => {
  expect(grantedRoles({ groups: ['acme', 'x', 'ops'] }, rules('groups')).map(({ role }) => role)).toEqual([
    'operator',
    'admin',
  ]);
  expect(grantedRoles({ realm_access: { roles: ['acme'] } }, rules('realm_access.roles'))).toMatchObject([
    { role: 'admin', tenant: 'acme' },
  ]);
  expect(grantedRoles({ groups: 'ops' }, rules('groups'))).toMatchObject([{ role: 'operator' }]);
});

test('what only looks like a role gives none', () => {
  for (const groups of ['ops acme', 'OPS', ['ops '], [['ops']], { ops: true }, true, null, undefined])
    expect(grantedRoles({ groups }, rules('groups')), JSON.stringify(groups)).toEqual([]);
  expect(grantedRoles({ groups: ['ops'] }, without(rules('groups'), 'roleClaim'))).toEqual([]);
});

test('a name is text; an address is a name where the provider has checked it', () => {
  expect(nameOf({ preferred_username: 'ann' }, 'preferred_username')).toBe('ann');
  for (const name of ['', 7, null, ['ann'], undefined])
    expect(nameOf({ preferred_username: name }, 'preferred_username'), String(name)).toBeUndefined();
  const email = 'ann@example.com';
  expect(nameOf({ email, email_verified: true }, 'email')).toBe(email);
  for (const verified of [false, 'true', 1, undefined])
    expect(nameOf({ email, email_verified: verified }, 'email'), String(verified)).toBeUndefined();
});
