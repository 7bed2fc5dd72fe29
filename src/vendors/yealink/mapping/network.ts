import type { Dot1xMethod } from '../../../domain/settings/network.ts';
import { cannot, partly, type MapContext, type Mapping, type Params } from '../../kit/driver.ts';
import { device, flag, forEachLine, from } from '../generation.ts';

// Source: Yealink administrator guides V70 to V87, "Network": the sections named at each group. From V81 on every name of
// the device's own network begins with `static.`; a change of most of them restarts the phone.

// 0 DHCP, 1 PPPoE, 2 static.
const IP_MODE = { dhcp: '0', pppoe: '1', static: '2' } as const;

// Guide and white paper "802.1X authentication": 4 to 7 came with V80.
// unverified: that 4 is EAP-TTLS/EAP-MSCHAPv2; the numbers 4 to 7 follow the order of the white paper's list.
const DOT1X_MODE = {
  off: '0',
  md5: '1',
  tls: '2',
  peap_mschapv2: '3',
  ttls_mschapv2: '4',
} as const satisfies Record<Dot1xMethod, string>;

const SHORTEST_KEEP_ALIVE = 15;

const keepAlive = (ctx: MapContext, seconds: number): Params =>
  forEachLine(ctx, (line) => ({
    [`account.${line}.nat.udp_update_enable`]: '1',
    [`account.${line}.nat.udp_update_time`]: String(seconds),
  }));

/** V81 and later `static.sip.nat_stun.*`, V80 the same without prefix, before that a server per account. */
const stun = (ctx: MapContext, field: 'server' | 'port', value: string): Params =>
  from(ctx, 80)
    ? { [device(ctx, `sip.nat_stun.${field}`)]: value }
    : forEachLine(ctx, (line) => ({ [`account.${line}.nat.stun_${field}`]: value }));

export const network: Mapping = {
  // "IPv4 Network Settings".
  'network.ipMode': (mode, ctx) => ({ [device(ctx, 'network.internet_port.type')]: IP_MODE[mode] }),
  'network.ipAddress': (address, ctx) => ({ [device(ctx, 'network.internet_port.ip')]: address }),
  'network.netmask': (mask, ctx) => ({ [device(ctx, 'network.internet_port.mask')]: mask }),
  'network.gateway': (address, ctx) => ({ [device(ctx, 'network.internet_port.gateway')]: address }),
  // static_dns_enable makes them hold while the address comes from DHCP.
  'network.dns1': (address, ctx) => ({
    [device(ctx, 'network.static_dns_enable')]: '1',
    [device(ctx, 'network.primary_dns')]: address,
  }),
  'network.dns2': (address, ctx) => ({ [device(ctx, 'network.secondary_dns')]: address }),

  // "VLAN": without enable = 0 the phone would keep its tag.
  'network.vlanId': (id, ctx) => ({
    [device(ctx, 'network.vlan.internet_port_enable')]: '1',
    [device(ctx, 'network.vlan.internet_port_vid')]: String(id),
  }),
  'network.vlanPriority': (priority, ctx) => ({
    [device(ctx, 'network.vlan.internet_port_priority')]: String(priority),
  }),
  'network.pcVlanId': (id, ctx) => ({
    [device(ctx, 'network.vlan.pc_port_enable')]: '1',
    [device(ctx, 'network.vlan.pc_port_mode')]: '1',
    [device(ctx, 'network.vlan.pc_port_vid')]: String(id),
  }),
  'network.pcVlanPriority': (priority, ctx) => ({
    [device(ctx, 'network.vlan.pc_port_priority')]: String(priority),
  }),
  'network.lldp': (on, ctx) => ({ [device(ctx, 'network.lldp.enable')]: flag(on) }),
  'network.cdp': (on, ctx) => ({ [device(ctx, 'network.cdp.enable')]: flag(on) }),

  // "NAT": the server of the phone and the switch of each account are needed together.
  'network.stunServer': (host, ctx) => ({
    ...(from(ctx, 80) ? { [device(ctx, 'sip.nat_stun.enable')]: '1' } : {}),
    ...stun(ctx, 'server', host),
    ...forEachLine(ctx, (line) => ({ [`account.${line}.nat.nat_traversal`]: '1' })),
  }),
  'network.stunPort': (port, ctx) => stun(ctx, 'port', String(port)),
  'network.rport': (on, ctx) => forEachLine(ctx, (line) => ({ [`account.${line}.nat.rport`]: flag(on) })),
  // 1 sends an empty UDP packet; 2 and 3 would send OPTIONS or NOTIFY.
  'network.natKeepAliveSeconds': (seconds, ctx) => {
    if (seconds === 0) return forEachLine(ctx, (line) => ({ [`account.${line}.nat.udp_update_enable`]: '0' }));
    return seconds >= SHORTEST_KEEP_ALIVE
      ? keepAlive(ctx, seconds)
      : partly(
          keepAlive(ctx, SHORTEST_KEEP_ALIVE),
          `Yealink administrator guide, "NAT": at least ${SHORTEST_KEEP_ALIVE} seconds`,
        );
  },

  // "Quality of Service": DSCP, not the TOS byte.
  'network.dscpSip': (dscp, ctx) => ({ [device(ctx, 'network.qos.signaltos')]: String(dscp) }),
  'network.dscpRtp': (dscp, ctx) => ({
    [device(ctx, from(ctx, 80) ? 'network.qos.audiotos' : 'network.qos.rtptos')]: String(dscp),
  }),
  'network.rtpPortMin': (port, ctx) => ({ [device(ctx, 'network.port.min_rtpport')]: String(port) }),
  'network.rtpPortMax': (port, ctx) => ({ [device(ctx, 'network.port.max_rtpport')]: String(port) }),

  // "802.1X Authentication": md5_password is the password of every method that has one.
  'network.dot1xMethod': (method, ctx) =>
    method === 'ttls_mschapv2' && !from(ctx, 80)
      ? cannot('Yealink white paper "802.1X authentication": EAP-TTLS came with V80')
      : { [device(ctx, 'network.802_1x.mode')]: DOT1X_MODE[method] },
  'network.dot1xIdentity': (identity, ctx) => ({ [device(ctx, 'network.802_1x.identity')]: identity }),
  'network.dot1xPassword': (password, ctx) => ({ [device(ctx, 'network.802_1x.md5_password')]: password }),

  // "VPN": a .tar with vpn.cnf and the keys.
  'network.vpnEnabled': (on, ctx) => ({ [device(ctx, 'network.vpn_enable')]: flag(on) }),
  'network.vpnConfigUrl': (url, ctx) => ({ [device(ctx, 'openvpn.url')]: url }),
};
