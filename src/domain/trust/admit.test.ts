import { describe, expect, test } from 'vitest';
import type { PhoneId, TenantId } from '../ids.ts';
import type { ContentClass, LoweredRule, PhoneDoor } from '../tenant.ts';
import { admit, type AdmitInput, type Subject } from './admit.ts';
import type { Proof } from './proof.ts';

const acme = 'acme' as TenantId;
const other = 'other' as TenantId;
const phone = 'phone-a' as PhoneId;
const neighbour = 'phone-b' as PhoneId;

const subject: Subject = { tenant: acme, phone, blocked: false, lowered: [] };
const PROOFS = {
  none: [],
  place: [{ kind: 'place', tenant: acme }],
  tenant: [{ kind: 'tenant_token', tenant: acme }],
  generic: [{ kind: 'generic_certificate' }],
  token: [{ kind: 'phone_token', tenant: acme, phone }],
  password: [{ kind: 'phone_password', tenant: acme, phone }],
  certificate: [{ kind: 'certificate', tenant: acme, phone }],
} as const satisfies Record<string, readonly Proof[]>;

const ask = (door: PhoneDoor, proofs: readonly Proof[], more: Partial<AdmitInput> = {}): ContentClass =>
  admit({
    door,
    secure: door === 'secure' || door === 'spa',
    address: '192.0.2.7',
    now: new Date('2026-01-01T00:00:00Z'),
    proofs,
    subject,
    ...more,
  }).content;

// Row by row: door, proof, what may be given.
const TABLE: readonly (readonly [PhoneDoor, keyof typeof PROOFS, ContentClass])[] = [
  ['secure', 'none', 'public'],
  ['secure', 'place', 'waiting'],
  ['secure', 'tenant', 'plain'],
  ['secure', 'generic', 'plain'],
  ['secure', 'token', 'full'],
  ['secure', 'password', 'full'],
  ['secure', 'certificate', 'full'],
  ['spa', 'none', 'public'],
  ['spa', 'certificate', 'full'],
  ['bootstrap', 'none', 'public'],
  ['bootstrap', 'tenant', 'public'],
  ['bootstrap', 'token', 'public'],
  ['bootstrap', 'certificate', 'public'],
  ['legacy', 'none', 'public'],
  ['legacy', 'token', 'public'],
  ['tftp', 'none', 'public'],
  ['tftp', 'token', 'public'],
];

test.each(TABLE)('door %s, proof %s: %s', (door, proof, content) => {
  expect(ask(door, PROOFS[proof])).toBe(content);
});

const rule = (over: Partial<LoweredRule>): LoweredRule => ({
  door: 'tftp',
  networks: ['192.0.2.0/24'],
  content: 'full',
  level: 0,
  ...over,
});
const lowered = (...rules: readonly LoweredRule[]): Partial<AdmitInput> => ({
  subject: { ...subject, lowered: rules },
});

describe('a tenant that lowers the proof', () => {
  test('opens that door for that network', () => {
    expect(ask('tftp', [], lowered(rule({})))).toBe('full');
    expect(ask('legacy', PROOFS.token, lowered(rule({ door: 'legacy', level: 3 })))).toBe('full');
  });

  test('opens no other door, no other network, and nothing below the level it names', () => {
    expect(ask('legacy', [], lowered(rule({})))).toBe('public');
    expect(ask('tftp', [], { ...lowered(rule({})), address: '198.51.100.7' })).toBe('public');
    expect(ask('tftp', [], lowered(rule({ level: 3 })))).toBe('public');
  });

  test('never opens the bootstrap door', () => {
    const sneaked = { ...rule({}), door: 'bootstrap' } as unknown as LoweredRule;
    expect(ask('bootstrap', PROOFS.certificate, lowered(sneaked))).toBe('public');
  });
});

describe('a window for one phone', () => {
  const window = { content: 'full', until: '2026-01-01T00:10:00Z' } as const;

  test('is open until its end and on every door but bootstrap', () => {
    expect(ask('tftp', [], { subject: { ...subject, window } })).toBe('full');
    expect(ask('tftp', [], { subject: { ...subject, window }, now: new Date('2026-01-01T00:10:00Z') })).toBe('public');
    expect(ask('bootstrap', [], { subject: { ...subject, window } })).toBe('public');
  });
});

describe('what gives nothing', () => {
  test('a phone that nobody has', () => {
    expect(ask('secure', PROOFS.token, { subject: undefined })).toBe('public');
  });

  test('a blocked phone, whatever it proves', () => {
    expect(ask('secure', PROOFS.certificate, { subject: { ...subject, blocked: true } })).toBe('public');
  });

  test('proofs of two phones, or of two tenants', () => {
    expect(ask('secure', [...PROOFS.token, { kind: 'certificate', tenant: acme, phone: neighbour }])).toBe('public');
    expect(ask('secure', [...PROOFS.token, { kind: 'tenant_token', tenant: other }])).toBe('public');
  });

  test('the proof of the neighbour', () => {
    expect(ask('secure', [{ kind: 'phone_token', tenant: acme, phone: neighbour }])).toBe('public');
    expect(ask('secure', [{ kind: 'tenant_token', tenant: other }])).toBe('public');
  });

  test('a token over a connection without TLS, where nobody allowed it', () => {
    expect(ask('secure', PROOFS.token, { secure: false })).toBe('plain');
  });
});
