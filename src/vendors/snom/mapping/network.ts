import { hostPort } from '../../../domain/sip-uri.ts';
import { cannot, type Mapping } from '../../kit/driver.ts';
import { forEachLine, ofLine, onOff } from './form.ts';

/** The whole TOS byte in decimal: the DSCP stands in its upper six bits (RFC 2474 §3), so 46 is 184. */
const tosOf = (dscp: number): string => String(dscp * 4);

// Source: Snom wiki, the pages of the settings named, and public templates.
export const networkMapping: Mapping = {
  'network.ipMode': (mode) =>
    mode === 'pppoe' ? cannot('dhcp is on or off; no setting for PPPoE is known') : { dhcp: onOff(mode === 'dhcp') },
  'network.ipAddress': (address) => ({ ip_adr: address }),
  'network.netmask': (netmask) => ({ netmask }),
  'network.gateway': (gateway) => ({ gateway }),
  'network.dns1': (address) => ({ dns_server1: address }),
  'network.dns2': (address) => ({ dns_server2: address }),
  // Both empty is untagged; leaving the elements out would keep the old VLAN. Takes effect after a reboot.
  'network.vlanId': {
    set: (id) => ({ vlan_id: String(id) }),
    clear: () => ({ vlan_id: '', vlan_qos: '' }),
  },
  'network.vlanPriority': (priority, ctx) =>
    ctx.get('network.vlanId') === undefined
      ? cannot('has no meaning without a voice VLAN, and none is set')
      : { vlan_qos: String(priority) },
  'network.pcVlanId': {
    set: (id, ctx) => ({
      vlan_port_tagging: 'on',
      vlan_pc_id: String(id),
      vlan_pc_priority: String(ctx.get('network.pcVlanPriority') ?? 0),
    }),
    clear: () => ({ vlan_port_tagging: 'off', vlan_pc_id: '', vlan_pc_priority: '' }),
  },
  'network.pcVlanPriority': { partOf: 'network.pcVlanId' },
  'network.lldp': (on) => ({ lldp_enable: onOff(on) }),
  // unverified: that the phones have no CDP at all.
  'network.cdp': {
    unsupported: 'no CDP among the settings in the Snom wiki; LLDP is the way to learn a VLAN from the switch',
  },
  // Kept for each identity.
  'network.stunServer': (host, ctx) =>
    forEachLine(ctx, (line) => ({ [ofLine('stun_server', line)]: hostPort(host, ctx.get('network.stunPort')) })),
  'network.stunPort': { partOf: 'network.stunServer' },
  'network.rport': (on) => ({ enable_rport_rfc3581: onOff(on) }),
  // Empty is off.
  'network.natKeepAliveSeconds': (seconds, ctx) =>
    forEachLine(ctx, (line) => ({ [ofLine('keepalive_interval', line)]: seconds === 0 ? '' : String(seconds) })),
  'network.dscpSip': (dscp) => ({ signaling_tos: tosOf(dscp) }),
  'network.dscpRtp': (dscp) => ({ codec_tos: tosOf(dscp) }),
  'network.rtpPortMin': (port) => ({ rtp_port_start: String(port) }),
  'network.rtpPortMax': (port) => ({ rtp_port_end: String(port) }),
  'network.dot1xMethod': {
    notMapped:
      'the parameter is ieee8021x_eap_auth_method, but no source gives the words it takes; set it as a raw parameter',
  },
  'network.dot1xIdentity': (identity) => ({ ieee8021x_eap_md5_username: identity }),
  'network.dot1xPassword': (password) => ({ ieee8021x_eap_md5_password: password }),
  'network.vpnEnabled': (on) => ({ vpn_on: onOff(on) }),
  'network.vpnConfigUrl': (url) => ({ vpn_tarball_url: url }),
};
