import { expect, test } from 'vitest';
import { ok } from '../result.ts';
import { readWhereabouts } from './whereabouts.ts';

const said = { host: 'prov.example.com', bootstrapPort: 1445, tftpPort: 69 } as const;

test('a name has a directory, but no address of its own', () => {
  expect(readWhereabouts(said)).toEqual(
    ok({ host: 'prov.example.com', directory: 'http://prov.example.com:1445/', tftpPort: 69, ofTenant: false }),
  );
});

test('an address is host and address at once, and another one may be said', () => {
  expect(readWhereabouts({ ...said, host: '192.0.2.10' })).toMatchObject({ value: { address: '192.0.2.10' } });
  expect(readWhereabouts({ ...said, address: '192.0.2.11' })).toMatchObject({
    value: { host: 'prov.example.com', address: '192.0.2.11' },
  });
});

test('a tenant’s token stands in the directory', () => {
  expect(readWhereabouts({ ...said, tenantToken: 'abcdef' })).toMatchObject({
    value: { directory: 'http://prov.example.com:1445/t/abcdef/', ofTenant: true },
  });
});

test('without a bootstrap door there is no directory', () => {
  expect(readWhereabouts({ host: 'prov.example.com', tftpPort: 69 })).toEqual(
    ok({ host: 'prov.example.com', tftpPort: 69, ofTenant: false }),
  );
});

test.each([
  '',
  'a b',
  'http://prov.example.com',
  'prov.example.com:1445',
  '2001:db8::1',
  '192.0.2.999',
  '1.2',
  'a"b',
  'a\nb',
])('the host %j is refused by name', (host) => {
  expect(readWhereabouts({ ...said, host })).toEqual({
    ok: false,
    error: { kind: 'not_a_host', thing: 'host', value: host },
  });
});

test.each(['prov.example.com', '192.0.2', '2001:db8::1'])('the address %j is refused by name', (address) => {
  expect(readWhereabouts({ ...said, address })).toEqual({
    ok: false,
    error: { kind: 'not_ipv4', thing: 'address', value: address },
  });
});

test.each([0, 65536, 1.5, Number.NaN])('the port %d is refused by name', (bootstrapPort) => {
  expect(readWhereabouts({ ...said, bootstrapPort })).toEqual({
    ok: false,
    error: { kind: 'not_a_port', thing: 'port of the bootstrap door', value: String(bootstrapPort) },
  });
});
