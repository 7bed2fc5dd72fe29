import type { ResyncPlan } from '../kit/driver.ts';

// Yealink administrator guide V81, "SIP NOTIFY": sip.notify_reboot_enable 0 restarts the phone only on `reboot=true`, 1 (the
// default) always, 2 never listens. Every configuration of ours writes 0, see `always` and provisioning.syncMethods.
export const resync: ResyncPlan = {
  events: { refetch: 'check-sync;reboot=false', refetchAndReboot: 'check-sync;reboot=true' },
  challenge: {
    byDefault: false,
    parameter: 'sip.request_validation.event',
    credentials: 'line',
    // What sip.request_validation.digest.realm is where nobody wrote it.
    realms: ['YealinkSPIP'],
  },
  // With sip.trust_ctrl = 1 a NOTIFY from anyone but the line's servers is dropped.
  through: 'registrar',
  http: {
    url: (phoneAddress) => `http://${phoneAddress}/servlet?key=AutoP`,
    auth: 'admin',
    needs:
      'features.action_uri.enable = 1 and the server in features.action_uri_limit_ip; the first use asks on the display unless features.show_action_uri_option = 0',
  },
  // Settings of the device itself: most need a restart (administrator guide V81, "static" parameters).
  reboots: [
    /^(?:static\.)?network\./,
    /^static\.sip\.nat_stun\./,
    /^(?:static\.)?security\.(?:trust_certificates|ca_cert|cn_validation|dev_cert)$/,
    /^(?:static\.)?syslog\./,
    /^(?:static\.)?autoprovision\./,
    /^(?:static\.)?openvpn\./,
    /^(?:static\.)?firmware\.url$/,
  ],
  source: 'Yealink administrator guides V70 to V87, "SIP NOTIFY", "Action URI"; public templates',
};
