import { z } from 'zod';
import { Secret } from '../secret.ts';
import { host, multicastAddress, port, text, webUrl } from './common.ts';
import { secretText, setting } from './setting.ts';

export const PHONE_EVENTS = [
  'startup',
  'registered',
  'unregistered',
  'off_hook',
  'on_hook',
  'incoming_call',
  'outgoing_call',
  'call_established',
  'call_terminated',
  'missed_call',
  'dnd_on',
  'dnd_off',
  'forward_on',
  'forward_off',
  'transfer',
  'hold',
  'unhold',
] as const;
export type PhoneEvent = (typeof PHONE_EVENTS)[number];

const attributes = z
  .array(z.string().regex(/^[A-Za-z][A-Za-z0-9;-]*$/, 'must be an LDAP attribute name'))
  .min(1)
  .max(8);

export const servicesSettings = {
  'services.ldapServer': setting({
    scope: 'phone',
    schema: host,
    title: 'LDAP server',
    help: 'Directory server for searches by name and number.',
    example: 'ldap.example.com',
  }),
  'services.ldapPort': setting({
    scope: 'phone',
    schema: port,
    title: 'LDAP port',
    help: '389, or 636 with TLS.',
    example: 636,
  }),
  'services.ldapTls': setting({
    scope: 'phone',
    schema: z.boolean(),
    title: 'LDAP over TLS',
    help: 'LDAPS from the first byte.',
    example: true,
  }),
  'services.ldapBase': setting({
    scope: 'phone',
    schema: text(256),
    title: 'LDAP base',
    help: 'Distinguished name below which is searched (RFC 4511).',
    example: 'ou=people,dc=example,dc=com',
  }),
  'services.ldapUser': setting({
    scope: 'phone',
    schema: text(256),
    title: 'LDAP user',
    help: 'Distinguished name of the bind.',
    example: 'cn=phones,dc=example,dc=com',
  }),
  'services.ldapPassword': setting({
    scope: 'phone',
    secret: true,
    schema: secretText(text(128)),
    title: 'LDAP password',
    help: 'Password of the bind.',
    example: new Secret('ldap-secret'),
  }),
  'services.ldapNameFilter': setting({
    scope: 'phone',
    schema: text(512),
    title: 'LDAP name filter',
    help: 'RFC 4515 filter; % stands for what was typed.',
    example: '(|(cn=%)(sn=%))',
  }),
  'services.ldapNumberFilter': setting({
    scope: 'phone',
    schema: text(512),
    title: 'LDAP number filter',
    help: 'RFC 4515 filter; % stands for the number.',
    example: '(|(telephoneNumber=%)(mobile=%))',
  }),
  'services.ldapNameAttributes': setting({
    scope: 'phone',
    schema: attributes,
    title: 'LDAP name attributes',
    help: 'Attributes shown as the name, best first.',
    example: ['cn', 'sn'],
  }),
  'services.ldapNumberAttributes': setting({
    scope: 'phone',
    schema: attributes,
    title: 'LDAP number attributes',
    help: 'Attributes that hold numbers, best first.',
    example: ['telephoneNumber', 'mobile'],
  }),
  'services.ldapDisplay': setting({
    scope: 'phone',
    schema: text(128),
    title: 'LDAP display',
    help: 'How a hit is shown; %attribute stands for its value.',
    example: '%cn',
  }),
  'services.ldapMaxHits': setting({
    scope: 'phone',
    schema: z.int().min(1).max(1000),
    title: 'LDAP hits',
    help: 'Most entries of one search.',
    example: 50,
  }),
  'services.phonebooks': setting({
    scope: 'phone',
    schema: z
      .array(z.strictObject({ name: text(32), url: webUrl }))
      .min(1)
      .max(5),
    title: 'Phone books',
    help: 'Remote phone books in the maker’s XML.',
    example: [{ name: 'Company', url: 'https://pbx.example.com/phonebook.xml' }],
  }),
  'services.directoryLookupUrl': setting({
    scope: 'phone',
    schema: webUrl,
    title: 'Directory look-up',
    help: 'URL of the PBX service that finds names and numbers; tied to the extension of line 1.',
    example: 'https://pbx.example.com/lookup',
  }),
  'services.xmlBrowserUrl': setting({
    scope: 'phone',
    schema: webUrl,
    title: 'XML browser',
    help: 'Start page of the phone’s built-in browser.',
    example: 'https://pbx.example.com/menu.xml',
  }),
  'services.multicastListen': setting({
    scope: 'phone',
    schema: z
      .array(z.strictObject({ address: multicastAddress, port, label: z.string().max(32).default('') }))
      .min(1)
      .max(10),
    title: 'Multicast paging',
    help: 'Groups the phone listens to, the most important first.',
    example: [{ address: '224.0.1.116', port: 5001, label: 'All' }],
  }),
  'services.actionUrls': setting({
    scope: 'phone',
    schema: z.partialRecord(z.enum(PHONE_EVENTS), webUrl),
    title: 'Action URLs',
    help: 'What the phone calls when something happens on it.',
    example: {
      startup: 'https://pbx.example.com/event?startup',
      incoming_call: 'https://pbx.example.com/event?incoming',
    },
  }),
} as const;
