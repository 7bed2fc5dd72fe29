import type { CallerIdSource, Dtmf, Srtp, Transport } from '../../../domain/settings/line.ts';
import type { SettingId } from '../../../domain/settings/registry.ts';
import { cannot, partly, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { account, flag, from } from '../generation.ts';
import { ringFile } from '../rings.ts';
import { codecs } from './codecs.ts';

// Source for all of this file: Yealink administrator guides T2x/T4x V70 to V84, T5x V84 to V87, "Account Registration" and
// the sections named below; names per generation as counted in public templates of V73, V80 and V81 to V87.

/** 3 (DNS-NAPTR, called DNS-SRV on V70) has no neutral counterpart. */
const TRANSPORT_CODE = { udp: '0', tcp: '1', tls: '2' } as const satisfies Record<Transport, string>;

// unverified: 1 and 2. Guides name Disabled, Optional, Compulsory in this order, and templates that write TLS write 2 with it;
// comments in other templates read 1 forced, 2 negotiated. A call offered with both RTP/AVP and SAVP shows which it is.
const SRTP_CODE = { off: '0', optional: '1', required: '2' } as const satisfies Record<Srtp, string>;

const DTMF_CODE = { inband: '0', rfc2833: '1', info: '2', rfc2833_and_info: '3' } as const satisfies Record<
  Dtmf,
  string
>;

const CALLER_ID_CODE = {
  from: '0',
  pai: '1',
  pai_from: '2',
  rpid_pai_from: '3',
  pai_rpid_from: '4',
  rpid_from: '5',
} as const satisfies Record<CallerIdSource, string>;

/** What makes two lines of a multi-cell base share one server template. */
const SERVER_SETTINGS = [
  'line.serverHost',
  'line.serverPort',
  'line.transport',
  'line.registerExpiresSeconds',
  'line.backupServerHost',
  'line.backupServerPort',
  'line.failbackSeconds',
] as const satisfies readonly SettingId[];

const isMulticell = (ctx: MapContext): boolean => ctx.model.family === 'DECT-multicell';

/** W75, W80 and W90 keep servers in numbered templates; lines with the same server share one (public templates of V87). */
function serverTemplate(ctx: MapContext): number {
  const serverOf = (line: number): string => JSON.stringify(SERVER_SETTINGS.map((id) => ctx.get(id, line)));
  const servers = Array.from(new Set(ctx.lines.map(serverOf)));
  return Math.max(1, servers.indexOf(serverOf(ctx.line)) + 1);
}

type ServerField = 'address' | 'port' | 'expires' | 'transport_type' | 'failback_mode' | 'failback_timeout';

/** Up to V71 the one server has names of its own. */
const OLD_SERVER_NAME: Partial<Record<ServerField, string>> = {
  address: 'sip_server_host',
  port: 'sip_server_port',
  expires: 'expires',
};

/** `account.X.sip_server.1.address`. */
function server(ctx: MapContext, field: ServerField, number: 1 | 2 = 1): string {
  if (isMulticell(ctx)) return `template.${serverTemplate(ctx)}.sip_server.${number}.${field}`;
  if (field === 'transport_type' && !from(ctx, 80)) return account(ctx, 'transport');
  const old = from(ctx, 72) ? undefined : OLD_SERVER_NAME[field];
  return account(ctx, old ?? `sip_server.${number}.${field}`);
}

const noSecondServer = 'Yealink administrator guides V70 and V71 name no parameter for a second server';

/** A port's default is 5060 whatever the transport; one that is left out means 5061 with TLS (RFC 3261 §19.1.2). */
const tlsPort = (ctx: MapContext, stated: number | undefined, name: string): Params =>
  ctx.get('line.transport') === 'tls' && stated === undefined ? { [name]: '5061' } : {};

const proxyPort = (ctx: MapContext): string => account(ctx, from(ctx, 72) ? 'outbound_proxy.1.port' : 'outbound_port');

/** V80 and later: one transport per server, so the second is told the same as the first. */
const secondTransport = (ctx: MapContext): Params => {
  const transport = ctx.get('line.transport');
  return transport === undefined || !from(ctx, 80)
    ? {}
    : { [server(ctx, 'transport_type', 2)]: TRANSPORT_CODE[transport] };
};

/**
 * Up to V80 every account has its own port. Later guides name one for the whole phone, `sip.listen_port`; public templates
 * still write the account's, so both are written and the lowest line decides the phone's.
 */
// unverified: which of the two wins from V80 on.
function localPort(port: number, ctx: MapContext): Params | Partly {
  const own = { [account(ctx, 'sip_listen_port')]: String(port) };
  if (!from(ctx, 80)) return own;
  const first = ctx.lines.find((line) => ctx.get('line.localSipPort', line) !== undefined) ?? ctx.line;
  if (ctx.line === first) return { ...own, 'sip.listen_port': String(port) };
  return ctx.get('line.localSipPort', first) === port
    ? own
    : partly(
        own,
        `Yealink administrator guides from V81 on name one port for the whole phone, which line ${first} has set; it is not known whether the phone heeds a line's own`,
      );
}

export const line: Mapping = {
  'line.label': (label, ctx) => ({ [account(ctx, 'label')]: label }),
  'line.displayName': (name, ctx) => ({ [account(ctx, 'display_name')]: name }),
  'line.user': (user, ctx) => ({
    [account(ctx, 'enable')]: '1',
    [account(ctx, 'user_name')]: user,
    [account(ctx, 'auth_name')]: ctx.get('line.authUser') ?? user,
  }),
  'line.authUser': (user, ctx) => ({ [account(ctx, 'auth_name')]: user }),
  'line.password': (password, ctx) => ({ [account(ctx, 'password')]: password }),
  'line.serverHost': (host, ctx) => {
    const place = { [server(ctx, 'address')]: host, ...tlsPort(ctx, ctx.get('line.serverPort'), server(ctx, 'port')) };
    return isMulticell(ctx) ? { [account(ctx, 'sip_server.template')]: String(serverTemplate(ctx)), ...place } : place;
  },
  // A port that is written makes the phone ask for A records only; left out, it may use SRV.
  'line.serverPort': (port, ctx) => ({ [server(ctx, 'port')]: String(port) }),

  // "Server Redundancy": redundancy_type 1 registers at the second server only while the first is away.
  'line.backupServerHost': (host, ctx) =>
    from(ctx, 72)
      ? {
          [server(ctx, 'address', 2)]: host,
          [account(ctx, 'fallback.redundancy_type')]: '1',
          ...secondTransport(ctx),
          ...tlsPort(ctx, ctx.get('line.backupServerPort'), server(ctx, 'port', 2)),
        }
      : cannot(noSecondServer),
  'line.backupServerPort': (port, ctx) =>
    from(ctx, 72) ? { [server(ctx, 'port', 2)]: String(port) } : cannot(noSecondServer),
  // failback_mode 3 is "duration", the only one that takes a time.
  'line.failbackSeconds': (seconds, ctx) =>
    from(ctx, 72)
      ? { [server(ctx, 'failback_mode')]: '3', [server(ctx, 'failback_timeout')]: String(seconds) }
      : cannot(noSecondServer),

  'line.transport': (transport, ctx) => ({ [server(ctx, 'transport_type')]: TRANSPORT_CODE[transport] }),
  // Without the switch the phone passes the address over.
  'line.outboundProxyHost': (host, ctx) => ({
    [account(ctx, 'outbound_proxy_enable')]: '1',
    [account(ctx, from(ctx, 72) ? 'outbound_proxy.1.address' : 'outbound_host')]: host,
    ...tlsPort(ctx, ctx.get('line.outboundProxyPort'), proxyPort(ctx)),
  }),
  'line.outboundProxyPort': (port, ctx) => ({ [proxyPort(ctx)]: String(port) }),
  'line.registerExpiresSeconds': (seconds, ctx) => ({ [server(ctx, 'expires')]: String(seconds) }),
  'line.localSipPort': localPort,

  'line.srtp': (srtp, ctx) => ({ [account(ctx, 'srtp_encryption')]: SRTP_CODE[srtp] }),
  // info_type 1 is the body application/dtmf-relay.
  'line.dtmf': (dtmf, ctx) => ({
    [account(ctx, 'dtmf.type')]: DTMF_CODE[dtmf],
    ...(dtmf === 'info' || dtmf === 'rfc2833_and_info' ? { [account(ctx, 'dtmf.info_type')]: '1' } : {}),
  }),
  'line.dtmfPayloadType': (type, ctx) => ({ [account(ctx, 'dtmf.dtmf_payload')]: String(type) }),
  'line.codecs': codecs,
  'line.callerIdSource': (source, ctx) => ({ [account(ctx, 'cid_source')]: CALLER_ID_CODE[source] }),

  // Not below `account.`: the maker's own exception.
  'line.voicemailNumber': (number, ctx) => ({ [`voice_mail.number.${ctx.line}`]: number }),
  'line.mwiSubscribe': (on, ctx) => ({ [account(ctx, 'subscribe_mwi')]: flag(on) }),
  'line.blfListUri': (uri, ctx) => {
    const pickup = ctx.get('features.pickupCode');
    return {
      [account(ctx, 'blf.blf_list_uri')]: uri,
      ...(pickup === undefined ? {} : { [account(ctx, 'blf_list_code')]: pickup }),
    };
  },
  // 1 is BroadSoft's shared call appearance; 2 was the draft BLA of old firmware.
  'line.shared': (on, ctx) => ({ [account(ctx, 'shared_line')]: flag(on) }),
  'line.autoAnswer': (on, ctx) => ({ [account(ctx, 'auto_answer')]: flag(on) }),
  'line.dialPlan': (map, ctx) => ({
    'dialplan.digitmap.enable': '1',
    [account(ctx, 'dialplan.digitmap.enable')]: '1',
    [account(ctx, 'dialplan.digitmap.string')]: map,
  }),
  'line.ringtone': (number, ctx) => {
    const file = ringFile(number);
    return file.ok ? { [account(ctx, 'ringtone.ring_type')]: file.value } : cannot(file.error);
  },
};
