import { expect, test } from 'vitest';
import type { Flow } from '../../../app/access/oidc/identity-provider.ts';
import { Secret } from '../../../domain/secret.ts';
import { createCipher } from '../../../store/cipher.ts';
import { createSealing } from '../../../store/json-codec.ts';
import { flowCookie } from './flow-cookie.ts';

const flow: Flow = {
  state: 'state',
  nonce: 'nonce',
  verifier: 'canary',
  next: '/',
  until: '2026-03-01T00:00:00Z',
  epoch: '',
};
const sealingUnder = (byte: number) =>
  createSealing(createCipher(() => [{ id: 'test', key: new Uint8Array(32).fill(byte) }]));
const sealing = sealingUnder(1);
const cookie = flowCookie(sealing, '/api', true);
const pairOf = (text: string): string => text.split(';')[0] ?? '';

test('a sign-in on its way is read back by who sealed it, and by nobody else', () => {
  const pair = pairOf(cookie.set(flow));
  expect(cookie.read(`a=b; ${pair}; c=d`)).toEqual(flow);
  expect(Buffer.from(pair, 'base64url').toString()).not.toContain('canary');
  expect(flowCookie(sealingUnder(2), '/api', true).read(pair)).toBeUndefined();
});

test('what was sealed for something else is no sign-in', () => {
  const other = JSON.stringify(sealing.seal(new Secret(JSON.stringify(flow)), 'phones/1'));
  const plain = JSON.stringify(flow);
  for (const text of [other, plain, '[]', 'null', '{', ''])
    expect(cookie.read(`offhook_sign_in=${Buffer.from(text).toString('base64url')}`), text).toBeUndefined();
  expect(cookie.read(undefined)).toBeUndefined();
});

test('the browser sends it over TLS only where we are reached by TLS, and no script reads it', () => {
  expect(cookie.set(flow)).toMatch(/; Max-Age=600; Path=\/api; HttpOnly; SameSite=Lax; Secure$/);
  expect(cookie.clear()).toBe('offhook_sign_in=; Max-Age=0; Path=/api; HttpOnly; SameSite=Lax; Secure');
  expect(flowCookie(sealing, '/api', false).set(flow)).not.toContain('Secure');
});
