import type { KeySlot } from '../../domain/key.ts';
import type { MapContext, VendorDriver } from '../kit/driver.ts';
import { bareName } from '../kit/text.ts';
import { from } from './generation.ts';
import { factoryKey } from './keys.ts';

const ALL = '(?:static\\.)?';
const named = (pattern: string, value: string): readonly [RegExp, string] => [new RegExp(`^(?:${pattern})$`), value];

// Defaults that the Yealink administrator guides V70 to V87 state for switches: written out, because a switch that is left
// on does more harm than a text that is left in.
const SWITCHES: readonly (readonly [RegExp, string])[] = [
  named('account\\.\\d+\\.enable', '0'),
  named('account\\.\\d+\\.(?:outbound_proxy_enable|shared_line|auto_answer|subscribe_mwi|srtp_encryption)', '0'),
  named('account\\.\\d+\\.(?:nat\\.nat_traversal|nat\\.rport|sip_trust_ctrl|cid_source)', '0'),
  named('account\\.\\d+\\.(?:sip_server\\.\\d\\.transport_type|transport|dialplan\\.digitmap\\.enable)', '0'),
  named('template\\.\\d+\\.sip_server\\.\\d\\.transport_type', '0'),
  named('dialplan\\.digitmap\\.enable|sip\\.trust_ctrl', '0'),
  named(`${ALL}network\\.vlan\\.(?:internet|pc)_port_enable`, '0'),
  named(`${ALL}network\\.(?:internet_port\\.type|static_dns_enable|vpn_enable|802_1x\\.mode|cdp\\.enable)`, '0'),
  named(`${ALL}network\\.lldp\\.enable`, '1'),
  named(`${ALL}sip\\.nat_stun\\.enable`, '0'),
  named(`${ALL}auto_provision\\.(?:power_on|mode|pnp_enable|dhcp_option\\.enable)`, '1'),
  named(`${ALL}auto_provision\\.(?:repeat|weekly)\\.enable`, '0'),
  named(`${ALL}security\\.trust_certificates`, '1'),
  named(`${ALL}wui\\.https?_enable|network\\.web_server_type`, '1'),
  named(`${ALL}syslog\\.(?:enable|mode)`, '0'),
  named('local_time\\.summer_time', '2'),
  named('local_time\\.time_format', '1'),
  named('ldap\\.enable|features\\.dnd\\.enable|features\\.dnd_mode|features\\.fwd_mode', '0'),
  named('forward\\.(?:always|busy|no_answer)\\.enable', '0'),
  named('transfer\\.dsskey_deal_type', '2'),
];

const KEY = /^(?:(linekey|memorykey)\.(\d+)|expansion_module\.(\d+)\.key\.(\d+))\.(?:type|line)$/;

function slotOf(name: string): KeySlot | undefined {
  const seen = KEY.exec(name);
  if (seen === null) return undefined;
  const [, own, position, module, key] = seen;
  return own === undefined
    ? { kind: 'module', module: Number(module), position: Number(key) }
    : { kind: own === 'linekey' ? 'key' : 'memory', position: Number(position) };
}

// Names that went out while the phone had older firmware, and the generation that calls the same parameter otherwise. Should
// a phone still heed the old name, clearing it would undo what the same file says under the new one.
const RENAMED: readonly (readonly [number, RegExp])[] = [
  [72, /^account\.\d+\.(?:sip_server_host|sip_server_port|expires|outbound_host|outbound_port)$/],
  [80, /^account\.\d+\.(?:transport|sip_trust_ctrl|nat\.stun_server|nat\.stun_port)$/],
  [81, /^(?:network|auto_provision|syslog|sip\.nat_stun)\.|^(?:firmware\.url|openvpn\.url|zero_touch\.enable)$/],
  [81, /^(?:wui\.https?_enable|security\.(?:user_password|trust_certificates|ca_cert))/],
  [82, /^account\.\d+\.codec\.\d+\./],
  [83, /\.pickup_value$|^bw\.feature_key_sync$/],
];

const otherGeneration = (name: string, ctx: MapContext): boolean =>
  (name.startsWith('static.') && !from(ctx, 81)) ||
  RENAMED.some(([generation, pattern]) => from(ctx, generation) && pattern.test(name));

/**
 * Back to default: a switch gets its default, a key its factory function, everything else is emptied, which the codec writes
 * as %NULL%. A password that was set stays: there is no parameter that takes it back. A name of another
 * firmware generation is left alone.
 */
export const cleared: VendorDriver['cleared'] = (name, ctx) => {
  if (bareName(name).endsWith('security.user_password')) return undefined;
  if (otherGeneration(name, ctx)) return undefined;
  const slot = slotOf(name);
  if (slot !== undefined) return factoryKey(slot, ctx)[name] ?? '';
  return SWITCHES.find(([pattern]) => pattern.test(name))?.[1] ?? '';
};
