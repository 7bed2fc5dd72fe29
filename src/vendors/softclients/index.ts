import { defineVendor, vendorId } from '../kit/driver.ts';
import { codec } from './codec.ts';
import { instructions } from './instructions.ts';
import { keys } from './keys.ts';
import { always, cleared, mapping } from './mapping.ts';
import { fallbackModel, models } from './models.ts';
import { recognise } from './recognise.ts';
import { fileUrl, files, requests } from './requests.ts';

/** Programs that register as a phone does. They have no MAC, no DHCP and no factory state; a URL with a token is all they get. */
export const softclients = defineVendor({
  id: vendorId('softclients'),
  name: 'Soft clients',
  models,
  fallbackModel,
  ouis: [],
  recognise,
  requests,
  files,
  mapping,
  keys,
  slots: () => [],
  cleared,
  userAccess: { unsupported: 'Linphone has no User account: who runs the program may change everything in it' },
  always,
  codec,
  // Level 0 exists for phones that cannot be told a URL of their own; a soft client gets nothing there.
  bootstrap: () => undefined,
  provisioningUrl: fileUrl,
  knowsFirmware: (version) => version.parts[0]?.[0] === 5,
  boot: {
    // seen: 5.1.65 sends `Unknown`, which is nobody's name.
    userAgent: () => undefined,
    dhcpClass: () => undefined,
    requests: [{ name: 'linphone.xml' }],
    format: 'lpconfig',
    next: { parameters: ['misc/config-uri'], form: 'file' },
    macros: {},
    periodic: { parameters: [], unit: 'seconds' },
    factoryTransport: 'http',
  },
  resync: {
    // None: the program fetches when it starts. The contract wants a name here; an empty one is no event.
    events: { refetch: '' },
    challenge: { byDefault: false, credentials: 'line' },
    through: 'registrar',
    reboots: [],
    source: 'seen: linphonec 5.1.65 fetches at its start only; no source names a SIP event',
  },
  dhcp: { classes: [], prefixes: [], options: [] },
  // The public CAs of its computer, or the file in `sip/root_ca`, which only its computer can set.
  trust: { trusts: 'public', canInstallCa: false, canDisableCheck: true },
  instructions,
});
