import { expect, test } from 'vitest';
import { without } from '../fields.ts';
import type { VendorId } from '../ids.ts';
import { dhcpClasses, type DhcpMaker } from './classes.ts';
import type { DhcpPlan } from './plan.ts';
import type { Whereabouts } from './whereabouts.ts';

// A maker that does not exist, with every form of an option.
const plan: DhcpPlan = {
  classes: [/^acme/],
  prefixes: ['acme'],
  options: [
    { code: 66, form: 'host' },
    { code: 150, form: 'addresses' },
    { code: 160, form: 'url', file: '$MODEL.cfg' },
    { code: 159, form: 'url' },
    {
      code: 43,
      form: 'encapsulated',
      subOptions: [
        { code: 1, carries: 'base' },
        { code: 2, carries: 'file', file: 'a.cfg' },
      ],
      endsWithNul: false,
    },
  ],
};
const maker: DhcpMaker = {
  id: 'acme' as VendorId,
  name: 'Acme',
  dhcp: plan,
  boot: { factoryTransport: 'tftp' },
};
const where: Whereabouts = {
  host: 'h.example.com',
  address: '192.0.2.10',
  directory: 'http://h.example.com:1445/',
  tftpPort: 69,
  ofTenant: false,
};

function classOf(place: Whereabouts, more: Partial<DhcpMaker> = {}) {
  const made = dhcpClasses([{ ...maker, ...more }], place);
  if (!made.ok) throw new Error(made.error.kind);
  return made.value;
}

const codes = (place: Whereabouts): readonly number[] | undefined =>
  classOf(place).classes[0]?.options.map(({ code }) => code);

test('every form of an option has its value, in the order in which the phone looks', () => {
  expect(classOf(where).classes).toEqual([
    {
      name: 'offhook-acme',
      vendor: 'acme',
      maker: 'Acme',
      prefixes: ['acme'],
      options: [
        { code: 66, value: { type: 'text', text: 'h.example.com' } },
        { code: 150, value: { type: 'addresses', addresses: ['192.0.2.10'] } },
        { code: 160, value: { type: 'text', text: 'http://h.example.com:1445/$MODEL.cfg' } },
        { code: 159, value: { type: 'text', text: 'http://h.example.com:1445/' } },
        {
          code: 43,
          value: {
            type: 'octets',
            hex: '0119687474703a2f2f682e6578616d706c652e636f6d3a313434350205612e636667',
            subOptions: [
              { code: 1, text: 'http://h.example.com:1445' },
              { code: 2, text: 'a.cfg' },
            ],
          },
        },
      ],
      nextServer: '192.0.2.10',
      remarks: ['Unverified: that these phones look at next-server (siaddr); no source says it.'],
    },
  ]);
});

test('what only a name is known for is left out with the reason', () => {
  const named = without(where, 'address');
  expect(codes(named)).toEqual([66, 160, 159, 43]);
  expect(classOf(named).classes[0]).toMatchObject({
    remarks: ['Option 150 is left out: it takes IPv4 addresses, and only a name of this server is known.'],
  });
  expect(classOf(named).classes[0]).not.toHaveProperty('nextServer');
});

test('nothing points to a door that is closed', () => {
  const tftpOnly = without(where, 'directory');
  expect(codes(tftpOnly)).toEqual([66, 150]);
  expect(codes(without(where, 'tftpPort'))).toEqual([160, 159, 43]);
  expect(classOf(without(where, 'tftpPort')).classes[0]).not.toHaveProperty('nextServer');
  const { classes, untold } = classOf(without(tftpOnly, 'tftpPort'));
  expect(classes).toEqual([]);
  expect(untold[0]?.reason).toMatch(
    /^Acme: Option 66 is left out: it names the TFTP server, and the TFTP door is closed\./,
  );
});

test('a phone that boots by HTTP is told no next-server', () => {
  expect(classOf(where, { boot: { factoryTransport: 'http' } }).classes[0]).not.toHaveProperty('nextServer');
});

test('that a bare host has no room for another port is remarked', () => {
  expect(classOf({ ...where, tftpPort: 6969 }).classes[0]?.remarks).toContain(
    'A phone that takes option 66 or 150 asks by TFTP at port 69; the TFTP door is at another one.',
  );
});

test('that a bare host tells nothing of a tenant is remarked', () => {
  const ofTenant = { ...where, directory: 'http://h.example.com:1445/t/abcdef/', ofTenant: true };
  expect(classOf(ofTenant).classes[0]?.remarks).toContain(
    'A phone that takes option 66 or 150 asks by TFTP and is not told of the tenant.',
  );
});

test('what a maker’s plan calls unverified stays marked', () => {
  expect(classOf(where, { dhcp: { ...plan, unverified: 'Everything.' } }).classes[0]?.remarks).toContain(
    'Unverified: Everything.',
  );
});

test('a maker without DHCP is named as such', () => {
  expect(classOf(where, { dhcp: { classes: [], prefixes: [], options: [] } })).toEqual({
    classes: [],
    untold: [{ vendor: 'acme', reason: 'Acme: these find no server by DHCP.' }],
  });
});

test('a value that is too long is refused with option, maker and value', () => {
  const directory = `http://h.example.com/${'a'.repeat(240)}/`;
  expect(dhcpClasses([maker], { ...where, directory })).toEqual({
    ok: false,
    error: { kind: 'too_long', thing: 'option 160 of acme', value: `${directory}$MODEL.cfg`, octets: 272 },
  });
});

test('a value that could break out is refused with option, maker and value', () => {
  expect(dhcpClasses([maker], { ...where, host: 'a"b' })).toEqual({
    ok: false,
    error: { kind: 'not_plain', thing: 'option 66 of acme', value: 'a"b' },
  });
});
