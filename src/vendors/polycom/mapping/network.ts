import { cannot, type Mapping } from '../../kit/driver.ts';
import { device, flag } from '../params.ts';

const NO_DOT1X = 'device.net.dot1x.* appears in no guide or template we have read, nor do its words for the methods';
const NO_STUN =
  'UCS up to 5.x knows STUN for no generic SIP server (nat.ip and nat.mediaPortStart take fixed values instead)';
const NO_VPN = 'no guide of this maker describes a VPN client';

// Source: UCS 4 guide, "device" parameters; public templates and configuration exports. Everything here stays in flash.
export const network: Mapping = {
  'network.ipMode': {
    set: (mode) =>
      mode === 'pppoe'
        ? cannot('pppoe: the phones have DHCP and static addresses only')
        : device({ 'dhcp.enabled': flag(mode === 'dhcp') }),
    clear: () => device({ 'dhcp.enabled': '1' }),
  },
  // While DHCP is on, what it gives overrides these.
  'network.ipAddress': (address) => device({ 'net.ipAddress': address }),
  'network.netmask': (mask) => device({ 'net.subnetMask': mask }),
  'network.gateway': (gateway) => device({ 'net.IPgateway': gateway }),
  'network.dns1': (address) => device({ 'dns.serverAddress': address }),
  'network.dns2': (address) => device({ 'dns.altSrvAddress': address }),
  // Empty is untagged.
  'network.vlanId': { set: (id) => device({ 'net.vlanId': String(id) }), clear: () => device({ 'net.vlanId': '' }) },
  'network.vlanPriority': (priority) => ({
    'qos.ethernet.rtp.user_priority': String(priority),
    'qos.ethernet.callControl.user_priority': String(priority),
    'qos.ethernet.other.user_priority': String(priority),
  }),
  'network.pcVlanId': { notMapped: 'no source names a parameter for the VLAN of the PC port' },
  'network.pcVlanPriority': { notMapped: 'no source names a parameter for the priority of the PC port' },
  'network.lldp': (on) => device({ 'net.lldpEnabled': flag(on) }),
  'network.cdp': (on) => device({ 'net.cdpEnabled': flag(on) }),
  'network.stunServer': { unsupported: NO_STUN },
  'network.stunPort': { unsupported: NO_STUN },
  // unverified: that rport is always sent.
  'network.rport': (on) => (on ? {} : cannot('the phones always ask for rport; no parameter switches it off')),
  // Shipped empty: off.
  'network.natKeepAliveSeconds': (seconds) => ({ 'nat.keepalive.interval': seconds === 0 ? '' : String(seconds) }),
  // Decimal, as public templates write it; empty would leave the older precedence bits in force.
  'network.dscpSip': (dscp) => ({ 'qos.ip.callControl.dscp': String(dscp) }),
  'network.dscpRtp': (dscp) => ({ 'qos.ip.rtp.dscp': String(dscp), 'qos.ip.rtp.video.dscp': String(dscp) }),
  'network.rtpPortMin': (port) => ({ 'tcpIpApp.port.rtp.mediaPortRangeStart': String(port) }),
  'network.rtpPortMax': { notMapped: 'no source names an end of the range (tcpIpApp.port.rtp.* has its start only)' },
  'network.dot1xMethod': { notMapped: NO_DOT1X },
  'network.dot1xIdentity': { notMapped: NO_DOT1X },
  'network.dot1xPassword': { notMapped: NO_DOT1X },
  'network.vpnEnabled': { unsupported: NO_VPN },
  'network.vpnConfigUrl': { unsupported: NO_VPN },
};
