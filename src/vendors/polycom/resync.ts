import type { ResyncPlan } from '../kit/driver.ts';

/**
 * check-sync makes the phone read its files again; it restarts only if something needs it, unless
 * voIpProt.SIP.specialEvent.checkSync.alwaysReboot is 1 (we write 0). There is no event that always restarts.
 */
export const resync: ResyncPlan = {
  events: { refetch: 'check-sync' },
  // Only where requestValidation covers NOTIFY with the method digest; ours covers INVITE.
  challenge: { byDefault: false, parameter: 'voIpProt.SIP.requestValidation.1.request', credentials: 'line' },
  through: 'anywhere',
  // The REST API (UCS 5.4) and JSON over NOTIFY (UCS 6.4.2) exist; their update commands are unverified and left out.
  reboots: [/^device\./, /^voIpProt\.SIP\.requestValidation\./],
  source:
    'UCS guides, "voIpProt.SIP.specialEvent.checkSync" and "requestValidation"; shipped files and public templates',
};

/** What every full configuration says about resync: fetch, and restart only if something needs it. */
export const CHECK_SYNC = { 'voIpProt.SIP.specialEvent.checkSync.alwaysReboot': '0' };
