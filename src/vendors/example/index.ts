import { oui } from '../../domain/mac.ts';
import { defineVendor, vendorId } from '../kit/driver.ts';
import { codec } from './codec.ts';
import { keys } from './keys.ts';
import { mapping } from './mapping.ts';
import { fallbackModel, models } from './models.ts';
import { recognise } from './recognise.ts';

/** A maker that does not exist, in the smallest form that works: read this folder to learn how to write a vendor. */
export const example = defineVendor({
  id: vendorId('example'),
  name: 'Example',
  models,
  fallbackModel,
  // Locally administered (second digit 2): no real phone has it.
  ouis: [oui('02ee00')],
  recognise,
  requests: [
    { match: /^(?<mac>[0-9a-f]{12})\.cfg$/i, kind: 'config', part: 'settings' },
    { match: /^(?<stem>e\d{3})\.cfg$/i, kind: 'generic', part: 'settings' },
  ],
  files: ({ mac }) => [{ name: `${mac ?? ''}.cfg`, part: 'settings' }],
  mapping,
  keys,
  slots: (model) => Array.from({ length: model.keys }, (_, index) => ({ kind: 'key', position: index + 1 })),
  cleared: () => '',
  userAccess: { unsupported: 'example guide, "Users": rights are the same for all parameters' },
  always: () => ({ 'sip.notify': '1' }),
  codec,
  bootstrap: ({ secureUrl }) => ({ 'prov.url': secureUrl }),
  provisioningUrl: (directory) => directory,
  knowsFirmware: (version) => version.parts[0]?.[0] === 2,
  boot: {
    userAgent: (phone) => `Example/${phone.model.id} ${phone.firmware} ${phone.mac}`,
    dhcpClass: () => 'example',
    requests: [{ name: '{stem}.cfg', optional: true }, { name: '{mac}.cfg' }],
    format: 'ini',
    next: { parameters: ['prov.url'], form: 'directory' },
    macros: {},
    periodic: { parameters: ['prov.minutes'], unit: 'minutes' },
    factoryTransport: 'http',
  },
  resync: {
    events: { refetch: 'check-sync' },
    challenge: { byDefault: false, credentials: 'line' },
    through: 'anywhere',
    reboots: [/^vlan\./],
    source: 'invented',
  },
  dhcp: { classes: [/^example$/], prefixes: ['example'], options: [{ code: 66, form: 'url' }] },
  trust: { trusts: 'public', canInstallCa: false, canDisableCheck: false },
  instructions: {
    factoryReset: ['Hold OK for ten seconds.'],
    defaultLogin: [{ models: 'all', user: 'admin', password: 'admin' }],
    enableProvisioning: [],
  },
});
