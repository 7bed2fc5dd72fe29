import type { DhcpPlan } from '../../domain/dhcp/plan.ts';
import type { BootPlan, ResyncPlan } from '../kit/driver.ts';
import { dialectOf } from './models.ts';
import { DHCP_CLASSES } from './recognise.ts';

/** A factory phone, told a directory by DHCP or PnP. Snom wiki, "Auto Provisioning". */
export const boot: BootPlan = {
  userAgent: ({ model, mac, firmware }) =>
    dialectOf(model) === 'dect'
      ? `Mozilla/4.0 (compatible; Snom ${model.id} ${firmware} ${mac})`
      : `Mozilla/4.0 (compatible; snom${model.id}-SIP ${firmware} 2010.12-00004-g9ba52f5 ${mac.toUpperCase()} SXM:0 UXM:0)`,
  dhcpClass: ({ model }) => `snom${model.id}`,
  requests: [{ name: '{stem}.htm', optional: true }, { name: '{stem}-{MAC}.htm' }],
  format: 'xml_settings',
  next: { parameters: ['setting_server'], form: 'file' },
  credentials: { user: ['http_client_user'], password: ['http_client_pass'] },
  macros: { '{mac}': 'MAC' },
  periodic: { parameters: ['prov_polling_period', 'settings_refresh_timer'], unit: 'seconds' },
  factoryTransport: 'http',
};

export const resync: ResyncPlan = {
  events: {
    // Always with the parameter: unverified, on 8.x a bare check-sync restarts the phone.
    refetch: 'check-sync;reboot=false',
    refetchAndReboot: 'check-sync;reboot=true',
    reboot: 'reboot',
  },
  challenge: { byDefault: false, parameter: 'challenge_checksync', credentials: 'line' },
  // With filter_registrar on (the default) packets of others are dropped.
  through: 'registrar',
  // unverified beyond the VLAN; the phone restarts by itself where auto_reboot_on_setting_change is on.
  reboots: [/^vlan_/, /^(?:dhcp|ip_adr|netmask|gateway|lldp_enable)$/, /^ieee8021x_/, /^(?:firmware|webserver_type)$/],
  source: 'Snom wiki, "check-sync" and "challenge_checksync"; a dump of a 720 with 8.7.3',
};

export const dhcp: DhcpPlan = {
  classes: DHCP_CLASSES,
  prefixes: ['snom'],
  options: [
    // Sub-options inside 43 win over the plain options; 67 is appended to 66 with a slash between, and may hold {mac}. The
    // texts in the wiki's example end with NUL: "43:12:73:6e:…:70:00".
    {
      code: 43,
      form: 'encapsulated',
      subOptions: [
        { code: 66, carries: 'base' },
        { code: 67, carries: 'file', file: '{mac}.xml' },
      ],
      endsWithNul: true,
    },
    { code: 66, form: 'url' },
  ],
  unverified: 'Option 114 (captive portal) as a provisioning URL on newer firmware.',
};
