import { hostPort, userAtHost } from '../../../domain/sip-uri.ts';
import type { CallerIdSource, Dtmf, Srtp, Transport } from '../../../domain/settings/line.ts';
import { cannot, partly, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { dialectOf, hasDisplay, isAta, ringtones, takesBlfList } from '../models.ts';
import { codecs } from './codecs.ts';
import { dialPlan } from './dial-plan.ts';
import { ofLine, overruledBy, yesNo } from './form.ts';

// Source: Linksys SPA9x2 and Cisco SPA300/500 administrator guides, "Ext" and "Line" pages; tag names in public templates and
// full parameter dumps of SPA942, SPA504G and a Linksys ATA.

const TRANSPORT = { udp: 'UDP', tcp: 'TCP', tls: 'TLS' } as const satisfies Record<Transport, string>;

const DTMF = {
  rfc2833: 'AVT',
  info: 'INFO',
  inband: 'InBand',
  rfc2833_and_info: 'AVT+INFO',
} as const satisfies Record<Dtmf, string>;

const CALLER_ID: Readonly<Record<CallerIdSource, string | undefined>> = {
  from: 'FROM',
  pai: undefined,
  pai_from: 'PAID-FROM',
  rpid_from: 'RPID-FROM',
  pai_rpid_from: 'PAID-RPID-FROM',
  rpid_pai_from: 'RPID-PAID-FROM',
};

const onlyOnce = (what: string, line: number): string =>
  `SPA administrator guides: ${what} exists once per phone, and line ${line} has decided it`;

/** With TLS a port is always written: no source says which one the phone takes by itself. */
const portOf = (ctx: MapContext, port: number | undefined): number | undefined =>
  port ?? (ctx.get('line.transport') === 'tls' ? 5061 : undefined);

const hasAlternate = (ctx: MapContext): boolean => dialectOf(ctx.model).later;

/**
 * Two servers in one parameter, as if a DNS SRV answer said so: `name:SRV=host:port:p=0|host:port:p=1` (seen in public
 * templates for all SPA; the only way on SPA9xx and ATAs).
 */
const srvForm = (ctx: MapContext, hosts: readonly (readonly [string, number | undefined])[]): string =>
  `servers:SRV=${hosts.map(([host, port], index) => `${host}:${port ?? 5060}:p=${index}`).join('|')}`;

function proxy(host: string, ctx: MapContext): Params | Partly {
  const port = portOf(ctx, ctx.get('line.serverPort'));
  const backup = hasAlternate(ctx) ? undefined : ctx.get('line.backupServerHost');
  const one = {
    [ofLine('Proxy', ctx.line)]: hostPort(host, port),
    [ofLine('Use_DNS_SRV', ctx.line)]: 'No',
  };
  if (backup === undefined) return one;
  if (host.includes(':') || backup.includes(':'))
    return partly(one, 'SPA provisioning guide, "SRV=": host and port are divided by a colon, so no IPv6 address fits');
  const backupPort = portOf(ctx, ctx.get('line.backupServerPort'));
  return {
    [ofLine('Proxy', ctx.line)]: srvForm(ctx, [
      [host, port],
      [backup, backupPort],
    ]),
    [ofLine('Use_DNS_SRV', ctx.line)]: 'Yes',
  };
}

function backupServer(host: string, ctx: MapContext): Params | Partly {
  if (hasAlternate(ctx))
    return {
      [ofLine('Alternate_Proxy', ctx.line)]: hostPort(host, portOf(ctx, ctx.get('line.backupServerPort'))),
      [ofLine('Auto_Register_When_Failover', ctx.line)]: 'Yes',
    };
  return ctx.get('line.serverHost') === undefined
    ? cannot('SPA provisioning guide, "SRV=": both servers stand in one parameter, and line.serverHost is not set')
    : {};
}

/** SDES as others speak it; the default, x-sipura, is the maker's own. */
const SDES: Params = { SRTP_Method: 's-descriptor' };
const NO_REQUIRED = 'SPA administrator guides, "Secure Call": encryption is asked for, never required';

function srtp(wanted: Srtp, ctx: MapContext): Params | Partly {
  const on = yesNo(wanted !== 'off');
  if (isAta(ctx.model)) {
    // unverified: SRTP_Method without a line on ATAs.
    const own = { [ofLine('Secure_Call_Setting', ctx.line)]: on, ...(on === 'Yes' ? SDES : {}) };
    return wanted === 'required' ? partly(own, NO_REQUIRED) : own;
  }
  const first = overruledBy('line.srtp', ctx);
  if (first !== undefined) return cannot(onlyOnce('Secure_Call_Setting', first));
  const params = { Secure_Call_Setting: on, ...(on === 'Yes' ? { Secure_Call_Serv: 'Yes', ...SDES } : {}) };
  return wanted === 'required' ? partly(params, NO_REQUIRED) : params;
}

function voicemail(number: string, ctx: MapContext): Params | Partly {
  if (isAta(ctx.model)) return { [ofLine('Mailbox_ID', ctx.line)]: number };
  const first = overruledBy('line.voicemailNumber', ctx);
  return first === undefined ? { Voice_Mail_Number: number } : cannot(onlyOnce('Voice_Mail_Number', first));
}

const ASK_AGAIN = '86400';

/** Unsolicited NOTIFYs are taken in any case; these parameters make the phone subscribe. */
function mwi(on: boolean, ctx: MapContext): Params | Partly {
  const user = ctx.get('line.user') ?? '';
  const host = ctx.get('line.serverHost') ?? '';
  if (on && (user === '' || host === ''))
    return cannot('SPA administrator guides, "Voice Mail Server": needs line.user and line.serverHost');
  if (isAta(ctx.model))
    return {
      [ofLine('Mailbox_Subscribe_URL', ctx.line)]: on ? userAtHost(user, host) : '',
      [ofLine('Mailbox_Subscribe_Expires', ctx.line)]: ASK_AGAIN,
      [ofLine('MWI_Serv', ctx.line)]: yesNo(on),
      [ofLine('VMWI_Serv', ctx.line)]: yesNo(on),
    };
  return {
    [ofLine('Mailbox_ID', ctx.line)]: on ? user : '',
    [ofLine('Voice_Mail_Server', ctx.line)]: on ? host : '',
    [ofLine('Voice_Mail_Subscribe_Interval', ctx.line)]: ASK_AGAIN,
  };
}

/** A label belongs to a line key, not to a line; key n is the one of line n unless the key layout says otherwise. */
function label(text: string, ctx: MapContext): Params | Partly {
  if (isAta(ctx.model) || (!hasDisplay(ctx.model) && ctx.model.keys === 0))
    return cannot(`SPA administrator guides: ${ctx.model.id} has no display`);
  // The name of the phone on its idle screen.
  const station = ctx.line === (ctx.lines[0] ?? 1) ? { Station_Name: text } : {};
  const key = ctx.line <= ctx.model.keys ? { [ofLine('Short_Name', ctx.line)]: text } : {};
  return ctx.line > Math.max(1, ctx.model.keys)
    ? cannot(`SPA administrator guides: ${ctx.model.id} has no line key ${ctx.line} that could carry a label`)
    : { ...station, ...key };
}

function shared(on: boolean, ctx: MapContext): Params | Partly {
  if (isAta(ctx.model)) return on ? cannot('SPA ATA guides: no shared line appearance') : {};
  const value = on ? 'shared' : 'private';
  return {
    [ofLine('Share_Ext', ctx.line)]: value,
    [ofLine('Shared_User_ID', ctx.line)]: on ? (ctx.get('line.user') ?? '') : '',
    ...(ctx.line <= ctx.model.keys ? { [ofLine('Share_Call_Appearance', ctx.line)]: value } : {}),
  };
}

/** `Default_Ring__1__` on phones, `Default_Ring_1_` on ATAs: the label "Default Ring (1)" with each sign replaced. */
export function ringtone(number: number, line: number, ctx: MapContext): Params | Partly {
  const name = isAta(ctx.model) ? ofLine('Default_Ring', line) : `Default_Ring__${line}__`;
  const most = ringtones(ctx.model);
  if (number === 0)
    return isAta(ctx.model)
      ? cannot('SPA ATA option list "Default Ring": 1 to 9, none is silent')
      : { [name]: 'No Ring' };
  return number <= most
    ? { [name]: String(number) }
    : cannot(`SPA option list "Default Ring": ${ctx.model.id} has ${most} ringtones, not ${number}`);
}

export const line: Mapping = {
  'line.label': label,
  'line.displayName': (name, ctx) => ({ [ofLine('Display_Name', ctx.line)]: name }),
  'line.user': {
    set: (user, ctx) => ({
      [ofLine('Line_Enable', ctx.line)]: 'Yes',
      [ofLine('Register', ctx.line)]: 'Yes',
      [ofLine('User_ID', ctx.line)]: user,
      // The phone asks who sends it a NOTIFY to fetch or restart for the line's own credentials.
      [ofLine('Auth_Resync-Reboot', ctx.line)]: 'Yes',
    }),
    clear: (ctx) => ({ [ofLine('Line_Enable', ctx.line)]: 'No', [ofLine('User_ID', ctx.line)]: '' }),
  },
  // Without Use_Auth_ID the phone passes Auth_ID over and takes User_ID.
  'line.authUser': {
    set: (user, ctx) => ({ [ofLine('Use_Auth_ID', ctx.line)]: 'Yes', [ofLine('Auth_ID', ctx.line)]: user }),
    clear: (ctx) => ({ [ofLine('Use_Auth_ID', ctx.line)]: 'No', [ofLine('Auth_ID', ctx.line)]: '' }),
  },
  'line.password': (password, ctx) =>
    password === password.trim()
      ? { [ofLine('Password', ctx.line)]: password }
      : cannot(
          'SPA provisioning guide: blanks at the ends of a value are cut off, so the password would be another one',
        ),
  'line.serverHost': proxy,
  'line.serverPort': { partOf: 'line.serverHost' },
  'line.backupServerHost': backupServer,
  'line.backupServerPort': { partOf: 'line.backupServerHost' },
  'line.failbackSeconds': (seconds, ctx) => ({ [ofLine('Proxy_Fallback_Intvl', ctx.line)]: String(seconds) }),
  'line.transport': (transport, ctx) => ({ [ofLine('SIP_Transport', ctx.line)]: TRANSPORT[transport] }),
  'line.outboundProxyHost': {
    set: (host, ctx) => ({
      [ofLine('Outbound_Proxy', ctx.line)]: hostPort(host, portOf(ctx, ctx.get('line.outboundProxyPort'))),
      [ofLine('Use_Outbound_Proxy', ctx.line)]: 'Yes',
    }),
    clear: (ctx) => ({ [ofLine('Outbound_Proxy', ctx.line)]: '', [ofLine('Use_Outbound_Proxy', ctx.line)]: 'No' }),
  },
  'line.outboundProxyPort': { partOf: 'line.outboundProxyHost' },
  'line.registerExpiresSeconds': (seconds, ctx) => ({ [ofLine('Register_Expires', ctx.line)]: String(seconds) }),
  'line.localSipPort': (port, ctx) => ({ [ofLine('SIP_Port', ctx.line)]: String(port) }),
  'line.srtp': srtp,
  'line.dtmf': (dtmf, ctx) => ({ [ofLine('DTMF_Tx_Method', ctx.line)]: DTMF[dtmf] }),
  'line.dtmfPayloadType': (type, ctx) => {
    const first = overruledBy('line.dtmfPayloadType', ctx);
    return first === undefined ? { AVT_Dynamic_Payload: String(type) } : cannot(onlyOnce('AVT_Dynamic_Payload', first));
  },
  'line.codecs': codecs,
  'line.callerIdSource': (source, ctx) => {
    const first = overruledBy('line.callerIdSource', ctx);
    if (first !== undefined) return cannot(onlyOnce('Caller_ID_Header', first));
    const header = CALLER_ID[source];
    return header === undefined
      ? cannot(`SPA option list "Caller ID Header": ${source} alone is not on it; pai_from is the nearest`)
      : { Caller_ID_Header: header };
  },
  'line.voicemailNumber': voicemail,
  'line.mwiSubscribe': mwi,
  'line.blfListUri': (uri, ctx) => {
    if (!takesBlfList(ctx.model))
      return cannot(`only SPA525G2 has BLF_List_URI (public templates), not ${ctx.model.id}`);
    const first = overruledBy('line.blfListUri', ctx);
    return first === undefined ? { BLF_List_URI: uri } : cannot(onlyOnce('BLF_List_URI', first));
  },
  'line.shared': shared,
  'line.autoAnswer': {
    unsupported:
      'SPA300/500 administrator guide, "Auto Answer Page": only calls marked as intercom or paging are answered, never all of a line',
  },
  'line.dialPlan': (_plan, ctx) => dialPlan(ctx.line, ctx),
  'line.ringtone': (number, ctx) => ringtone(number, ctx.line, ctx),
};
