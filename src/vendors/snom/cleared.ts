import { bareName } from '../kit/text.ts';
import type { MapContext } from '../kit/driver.ts';
import { before } from '../kit/firmware.ts';

/**
 * An absent element leaves the phone as it is and an empty one sets it empty; only <reset_settings> goes back to the factory,
 * and that for everything. So "back to default" is the default, written out, where it is not empty.
 * Sources: the settings' pages in the Snom wiki; a dump of a 720 with 8.7.3.
 */
const DEFAULT: Readonly<Record<string, string>> = {
  user_active: 'off',
  user_expiry: '3600',
  user_srtp: 'off',
  user_savp: 'off',
  user_dtmf_info: 'off',
  user_shared_line: 'off',
  user_auto_connect: 'off',
  // unverified: the factory order; these are the codecs that every model has.
  codec_priority_list: 'g722,pcma,pcmu,telephone-event',
  user_ringer: 'Ringer1',
  dtmf_payload_type: '101',
  contact_source_sip_priority: 'INFO PAI RPID FROM',
  ignore_asserted_in_gui: 'off',
  dhcp: 'on',
  vlan_port_tagging: 'off',
  lldp_enable: 'on',
  enable_rport_rfc3581: 'on',
  signaling_tos: '160',
  codec_tos: '160',
  rtp_port_start: '49152',
  rtp_port_end: '65534',
  vpn_on: 'off',
  language: 'English',
  web_language: 'English',
  tone_scheme: 'USA',
  timezone: 'GBR-0',
  date_us_format: 'off',
  time_24_format: 'on',
  webserver_type: 'http_https',
  block_url_dialing: 'off',
  filter_registrar: 'on',
  tls_server_authentication: 'off',
  provisioning_order: 'redirection:stop pnp:stop dhcp:stop tr69:stop',
  pnp_config: 'on',
  prov_polling_enabled: 'off',
  prov_polling_mode: 'rel',
  prov_polling_period: '86400',
  settings_refresh_timer: '0',
  challenge_checksync: 'off',
  challenge_reboot: 'off',
  update_policy: 'auto_update',
  ldap_over_tls: 'off',
  ldap_port: '389',
  dkey_directory: 'keyevent F_ADR_BOOK',
  multicast_listen: 'off',
  log_level: '5',
  call_waiting: 'on',
  dnd_mode: 'off',
  fwd_all_enabled: 'off',
  fwd_busy_enabled: 'off',
  fwd_time_enabled: 'off',
  redirect_event: 'none',
  quick_transfer: 'new_call',
  transfer_on_hangup: 'off',
  // Since 7.1.39.
  answer_after_policy: 'off',
  using_server_managed_dnd: 'off',
  using_server_managed_fwd_all: 'off',
  using_server_managed_fwd_busy: 'off',
  using_server_managed_fwd_time: 'off',
  auto_reboot_on_setting_change: 'off',
  phonebook_server_location: '0',
  context_key: 'keyevent F_NONE',
  fkey: 'none',
};

// Emptied, these would lose the phone (setting_server), open its menu (admin_mode), or leave it without light: it keeps them.
const KEPT = /^(?:setting_server|admin_mode|dim_timer|screen_saver_timeout|certificate)$/;

/** Snom wiki, "admin_mode_password": 0000 until 10.1.185, from then on empty, and the web password is asked instead. */
const menuPassword = (ctx: MapContext): string => (before(ctx.firmware, '10.1.185') ? '0000' : '');

/** How a parameter that the phone was given and no longer has is put back; undefined where it keeps what it has. */
export function cleared(name: string, ctx: MapContext): string | undefined {
  const [, element = '', attribute] = /^(\w+)(?:\[\d+\])?(?:\.(\w+))?$/.exec(bareName(name)) ?? [];
  if (KEPT.test(element)) return undefined;
  if (attribute !== undefined) return attribute === 'context' ? 'active' : '';
  if (/^admin_mode_password(?:_confirm)?$/.test(element)) return menuPassword(ctx);
  if (/^gui_fkey\d$/.test(element)) return 'keyevent F_NONE';
  if (element === 'check_fqdn_against_server_cert') return before(ctx.firmware, '10') ? 'off' : 'on';
  return DEFAULT[element] ?? '';
}
