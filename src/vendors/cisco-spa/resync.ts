import type { ResyncPlan } from '../kit/driver.ts';

/** Opened by a browser in the phone's LAN as Admin; the phone replaces macros in the query, fetches once and keeps nothing. */
export const resyncUrl = (phoneAddress: string, profileUrl: string): string =>
  `http://${phoneAddress}/admin/resync?${profileUrl}`;

// check-sync, resync and report fetch or send; reboot_now and restart_now are a cold and a warm start. The phone applies most
// of a file without a restart and waits until it is idle (Forced_Resync_Delay).
export const resync: ResyncPlan = {
  events: { refetch: 'check-sync', reboot: 'reboot_now' },
  challenge: { byDefault: true, parameter: 'Auth_Resync-Reboot_1_', credentials: 'line' },
  through: 'registrar',
  http: {
    url: resyncUrl,
    auth: 'admin',
    needs:
      'Enable_Web_Server, Enable_Web_Admin_Access and Provision_Enable = Yes; digest or basic as admin once Admin_Passwd is set',
  },
  // unverified: which parameters exactly; these change the phone's own network.
  reboots: [
    /^(?:Connection_Type|Static_IP|NetMask|Gateway)$/,
    /^(?:Enable_VLAN|VLAN_ID|Enable_PC_Port_VLAN_Tagging|PC_Port_VLAN_ID|Enable_CDP|Enable_LLDP-MED)$/,
    /^(?:Signaling_Protocol|SPCP_Auto-detect|SPA525-protocol|SPA525-auto-detect-sccp)$/,
    /^router-configuration\//,
    /^Upgrade_Rule$/,
  ],
  source: 'Linksys SPA provisioning guide 3.0, "Resync"; SPA9x2 administrator guide, "SIP NOTIFY"',
};
