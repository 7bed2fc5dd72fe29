import type { VendorDriver } from '../kit/driver.ts';
import { device, from } from './generation.ts';

// Source: Yealink auto-provisioning guides T2x/T4x V70 to V84, T5x V84 to V87.

/** What keeps a phone of ours with us, whatever its settings. */
export const always: VendorDriver['always'] = (ctx) => ({
  // 1, the default, restarts the phone at every check-sync.
  'sip.notify_reboot_enable': '0',
  // PnP, DHCP and the maker's redirect service come before the stored URL at every start; a factory reset brings them back.
  [device(ctx, 'auto_provision.pnp_enable')]: '0',
  [device(ctx, 'auto_provision.dhcp_option.enable')]: '0',
  [device(ctx, 'zero_touch.enable')]: '0',
  // The maker's own device management.
  'dm.enable': '0',
  ...(from(ctx, 81)
    ? {
        // The MAC in the User-Agent of every request, and nothing that a user changed outlives our file.
        'static.auto_provision.user_agent_mac.enable': '1',
        'static.auto_provision.custom.protect': '0',
      }
    : {}),
});
