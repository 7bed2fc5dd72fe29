import type { DhcpPlan } from '../../domain/dhcp/plan.ts';
import { macWithColons } from '../../domain/mac.ts';
import type { BootingPhone, BootPlan } from '../kit/driver.ts';
import { userAgentForm, type UserAgentForm } from './models.ts';

const PREFIX = {
  sip: 'Yealink SIP-',
  plain: 'Yealink ',
  bare: '',
  vp: 'Yealink SIP VP-',
  lower: 'yealink SIP-',
} as const satisfies Record<UserAgentForm, string>;

const userAgent = ({ model, mac, firmware }: BootingPhone): string =>
  `${PREFIX[userAgentForm(model)]}${model.userAgentToken ?? model.id} ${firmware} ${macWithColons(mac)}`;

// Yealink auto-provisioning guide V81: {mac}.boot, then y000000000000.boot, and only where neither is there the model's file
// and the phone's. Up to V80 there are no boot files.
export const boot: BootPlan = {
  userAgent,
  dhcpClass: () => 'yealink',
  requests: [
    { name: '{mac}.boot', optional: true },
    { name: 'y000000000000.boot', optional: true },
    { name: '{stem}.cfg', optional: true },
    { name: '{mac}.cfg' },
  ],
  format: 'ini',
  // A directory: the phone puts a slash after it if there is none, then the file's name.
  next: { parameters: ['static.auto_provision.server.url', 'auto_provision.server.url'], form: 'directory' },
  credentials: {
    user: ['static.auto_provision.server.username', 'auto_provision.server.username'],
    password: ['static.auto_provision.server.password', 'auto_provision.server.password'],
  },
  // unverified: $MAC in URLs; $PN (product name) is seen in static.firmware.url only, which the simulator does not follow.
  macros: {},
  periodic: {
    parameters: ['static.auto_provision.repeat.minutes', 'auto_provision.repeat.minutes'],
    unit: 'minutes',
  },
  // Option 66 with a bare host means TFTP.
  factoryTransport: 'tftp',
};

// Yealink administrator guide T5x, "Provisioning by DHCP": own options of list_user_options, then 66, then 43, whose whole
// body is the URL in ASCII.
export const dhcp: DhcpPlan = {
  classes: [/^yealink$/i],
  prefixes: ['yealink'],
  options: [
    { code: 66, form: 'url' },
    { code: 43, form: 'url' },
  ],
  unverified:
    'Later firmware is said to ask for options 160 and 161 first. Some read option 43 as the TR-069 server in sub-option form.',
};
