import { hostPort } from '../../../domain/sip-uri.ts';
import { cannot, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { dialectOf, isAta } from '../models.ts';
import { forEachLine, ofLine, router, yesNo } from './form.ts';

// Source: SPA9x2, SPA300/500 and SPA2102 administrator guides, "System", "SIP" and "Ext" pages; option lists of parameter
// dumps of SPA942, SPA504G and a Linksys ATA; SPA1xx and ATA19x from the ATA 191/192
// provisioning guide, "Router Configuration Parameters".

const inSubtree = (ctx: MapContext): boolean => dialectOf(ctx.model).tags === 'ata_router';

const IP_MODE = { dhcp: 'DHCP', static: 'Static IP', pppoe: 'PPPOE' } as const;
// unverified: that SPA1xx has the same codes as ATA 191 and 192.
const WAN_CONNECTION = { dhcp: 'dh', static: 'st', pppoe: 'pp' } as const;

function ipMode(mode: keyof typeof IP_MODE, ctx: MapContext): Params | Partly {
  if (inSubtree(ctx)) return { [router('WAN_Interface/WAN_Connection_Type')]: WAN_CONNECTION[mode] };
  return mode === 'pppoe' && dialectOf(ctx.model).later
    ? cannot('SPA504G option list "Connection Type": DHCP and Static IP only, no pppoe')
    : { Connection_Type: IP_MODE[mode] };
}

/** Address, mask and gateway are one parameter in the subtree, `address:mask:gateway`; elsewhere one each. */
function address(own: Params, ctx: MapContext): Params | Partly {
  if (!inSubtree(ctx)) return own;
  const parts = [ctx.get('network.ipAddress'), ctx.get('network.netmask'), ctx.get('network.gateway')];
  return parts.includes(undefined)
    ? cannot(
        'ATA 191/192 provisioning guide, "WAN_Static_IP_NET": address, netmask and gateway stand in one parameter, and one of them is not set',
      )
    : { [router('WAN_Interface/WAN_Static_IP_NET')]: parts.join(':') };
}

/** `first[:second]` in the subtree, where order 1 is manual before DHCP. */
function dns(own: Params, ctx: MapContext): Params | Partly {
  if (!inSubtree(ctx)) return own;
  const first = ctx.get('network.dns1');
  const second = ctx.get('network.dns2');
  return first === undefined
    ? cannot('ATA 191/192 provisioning guide, "DNS": a second server needs a first, and network.dns1 is not set')
    : {
        [router('Internet_Option/DNS_Order')]: '1',
        [router('Internet_Option/DNS')]: second === undefined ? first : `${first}:${second}`,
      };
}

/** Phones, and SPA1xx in the subtree with 0 and 1; the older ATAs have no tag that a source names. */
function vlan(id: number, ctx: MapContext): Params | Partly {
  if (inSubtree(ctx))
    return {
      [router('WAN_VLAN_Setting/WAN_VLAN_Enable')]: '1',
      [router('WAN_VLAN_Setting/WAN_VLAN_ID')]: String(id),
    };
  return isAta(ctx.model)
    ? cannot(`no source names a VLAN parameter of ${ctx.model.id}`)
    : { Enable_VLAN: 'Yes', VLAN_ID: String(id) };
}

const vlanOff = (ctx: MapContext): Params => {
  if (inSubtree(ctx)) return { [router('WAN_VLAN_Setting/WAN_VLAN_Enable')]: '0' };
  return isAta(ctx.model) ? {} : { Enable_VLAN: 'No' };
};

const withPcPort = (ctx: MapContext, params: Params): Params | Partly =>
  ctx.model.features.includes('pc_port') ? params : cannot(`${ctx.model.id} has no PC port`);

/** LLDP and CDP: SPA3xx/5xx have both, SPA9xx CDP only, SPA1xx 0 and 1 in the subtree. */
function discovery(protocol: 'LLDP' | 'CDP', on: boolean, ctx: MapContext): Params | Partly {
  if (inSubtree(ctx)) return { [router(`CLDP_Setting/${protocol}_ENABLE`)]: on ? '1' : '0' };
  if (isAta(ctx.model)) return cannot(`no source names a parameter for ${protocol} on ${ctx.model.id}`);
  if (protocol === 'CDP') return { Enable_CDP: yesNo(on) };
  return dialectOf(ctx.model).later
    ? { 'Enable_LLDP-MED': yesNo(on) }
    : cannot('SPA9x2 administrator guide, "System": CDP only, no LLDP-MED');
}

/** The whole TOS byte in hexadecimal (DSCP << 2): 46 is 0xb8. Phones spell the tag TOS, ATAs ToS. */
const tos = (kind: 'SIP' | 'RTP', dscp: number, ctx: MapContext): Params =>
  forEachLine(ctx, (line) => ({
    [ofLine(`${kind}_${isAta(ctx.model) ? 'ToS' : 'TOS'}_DiffServ_Value`, line)]:
      `0x${(dscp << 2).toString(16).padStart(2, '0')}`,
  }));

const NO_DOT1X =
  'SPA9x2 administrator guide: no 802.1X; of SPA3xx/5xx no source names a parameter (whether they have it is unverified)';

export const network: Mapping = {
  'network.ipMode': ipMode,
  'network.ipAddress': (ip, ctx) => address({ Static_IP: ip }, ctx),
  'network.netmask': (mask, ctx) => address({ NetMask: mask }, ctx),
  'network.gateway': (ip, ctx) => address({ Gateway: ip }, ctx),
  'network.dns1': (ip, ctx) => dns({ Primary_DNS: ip, DNS_Server_Order: 'Manual,DHCP' }, ctx),
  'network.dns2': (ip, ctx) => dns({ Secondary_DNS: ip }, ctx),

  'network.vlanId': { set: vlan, clear: vlanOff },
  'network.vlanPriority': (priority, ctx) =>
    forEachLine(ctx, (line) => ({
      [ofLine('SIP_CoS_Value', line)]: String(priority),
      [ofLine('RTP_CoS_Value', line)]: String(priority),
    })),
  'network.pcVlanId': {
    set: (id, ctx) => withPcPort(ctx, { Enable_PC_Port_VLAN_Tagging: 'Yes', PC_Port_VLAN_ID: String(id) }),
    clear: () => ({ Enable_PC_Port_VLAN_Tagging: 'No' }),
  },
  'network.pcVlanPriority': (priority, ctx) => withPcPort(ctx, { PC_Port_VLAN_Highest_Priority: String(priority) }),
  'network.lldp': (on, ctx) => discovery('LLDP', on, ctx),
  'network.cdp': (on, ctx) => discovery('CDP', on, ctx),

  // unverified: that what STUN found is used with NAT_Mapping_Enable only.
  'network.stunServer': {
    set: (host, ctx) => ({
      STUN_Enable: 'Yes',
      STUN_Server: hostPort(host, ctx.get('network.stunPort')),
      ...forEachLine(ctx, (line) => ({ [ofLine('NAT_Mapping_Enable', line)]: 'Yes' })),
    }),
    clear: (ctx) => ({
      STUN_Enable: 'No',
      STUN_Server: '',
      ...forEachLine(ctx, (line) => ({ [ofLine('NAT_Mapping_Enable', line)]: 'No' })),
    }),
  },
  'network.stunPort': { partOf: 'network.stunServer' },
  'network.rport': (on) => ({ Handle_VIA_rport: yesNo(on), Insert_VIA_rport: yesNo(on) }),
  'network.natKeepAliveSeconds': {
    set: (seconds, ctx) => ({
      ...(seconds === 0 ? {} : { NAT_Keep_Alive_Intvl: String(seconds) }),
      ...forEachLine(ctx, (line) => ({ [ofLine('NAT_Keep_Alive_Enable', line)]: yesNo(seconds > 0) })),
    }),
    clear: (ctx) => forEachLine(ctx, (line) => ({ [ofLine('NAT_Keep_Alive_Enable', line)]: 'No' })),
  },

  'network.dscpSip': (dscp, ctx) => tos('SIP', dscp, ctx),
  'network.dscpRtp': (dscp, ctx) => tos('RTP', dscp, ctx),
  'network.rtpPortMin': (port) => ({ RTP_Port_Min: String(port) }),
  'network.rtpPortMax': (port) => ({ RTP_Port_Max: String(port) }),

  'network.dot1xMethod': { notMapped: NO_DOT1X },
  'network.dot1xIdentity': { notMapped: NO_DOT1X },
  'network.dot1xPassword': { notMapped: NO_DOT1X },

  'network.vpnEnabled': (on, ctx) =>
    ctx.model.features.includes('vpn')
      ? { Connect_on_Bootup: yesNo(on) }
      : cannot(`SPA300/500 administrator guide: only SPA525G2 has a VPN client, not ${ctx.model.id}`),
  'network.vpnConfigUrl': {
    unsupported:
      'SPA525G2 parameter dump: the VPN is a server, a user and a password (VPN_Server, VPN_User_Name, VPN_Password), no archive to fetch',
  },
};
