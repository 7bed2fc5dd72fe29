import { hostPort } from '../../../domain/sip-uri.ts';
import type { AudioCodec, CallerIdSource, Dtmf, Srtp } from '../../../domain/settings/line.ts';
import { cannot, partly, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { since } from '../../kit/firmware.ts';
import { ofLine, onOff } from './form.ts';

// user_savp seen with off and mandatory; unverified: optional.
const SRTP = {
  off: ['off', 'off'],
  optional: ['on', 'optional'],
  required: ['on', 'mandatory'],
} as const satisfies Record<Srtp, readonly [srtp: string, savp: string]>;

// Snom wiki, "user_dtmf_info": off is RFC 2833, on adds INFO, sip_info_only leaves INFO alone. Inband is off as well, without
// telephone-event among the codecs.
const DTMF = {
  rfc2833: 'off',
  info: 'sip_info_only',
  inband: 'off',
  rfc2833_and_info: 'on',
} as const satisfies Record<Dtmf, string>;

export const CODEC_NAME: Readonly<Record<AudioCodec, string | undefined>> = {
  pcmu: 'pcmu',
  pcma: 'pcma',
  g722: 'g722',
  g729: 'g729',
  g723: 'g723',
  g726_16: 'g726-16',
  g726_24: 'g726-24',
  g726_32: 'g726-32',
  g726_40: 'g726-40',
  opus: 'opus',
  gsm: 'gsm',
  ilbc: undefined,
  g722_1: undefined,
  g722_1c: undefined,
};

// Snom wiki, "contact_source_sip_priority", from 10.1.39.
const CALLER_ID = {
  from: 'FROM',
  pai: 'PAI',
  pai_from: 'PAI FROM',
  rpid_from: 'RPID FROM',
  pai_rpid_from: 'PAI RPID FROM',
  rpid_pai_from: 'RPID PAI FROM',
} as const satisfies Record<CallerIdSource, string>;

// Older firmware can only ignore P-Asserted-Identity (ignore_asserted_in_gui) or not.
const IGNORES_ASSERTED: Readonly<Record<CallerIdSource, 'on' | 'off' | undefined>> = {
  from: 'on',
  pai_from: 'off',
  pai: undefined,
  rpid_from: undefined,
  pai_rpid_from: undefined,
  rpid_pai_from: undefined,
};

/** The comma list of `codec_priority_list`: without telephone-event DTMF events disappear, so it goes last unless inband. */
export function codecList(codecs: readonly AudioCodec[], dtmf: Dtmf | undefined, name: string): Params | Partly {
  const known = codecs.flatMap((codec) => CODEC_NAME[codec] ?? []);
  const lost = codecs.filter((codec) => CODEC_NAME[codec] === undefined);
  if (known.length === 0) return cannot(`Snom has none of ${lost.join(', ')} (wiki, "codec_priority_list")`);
  // No blanks around the commas; a codec left out is off.
  const params = { [name]: [...known, ...(dtmf === 'inband' ? [] : ['telephone-event'])].join(',') };
  return lost.length === 0 ? params : partly(params, `Snom has no ${lost.join(', ')} (wiki, "codec_priority_list")`);
}

/** `host:port;transport=udp`: the only place where the transport stands. */
const proxy = (host: string, port: number | undefined, ctx: MapContext): string =>
  // SIP without a word on transport is UDP; public templates always write it.
  `${hostPort(host, port)};transport=${ctx.get('line.transport') ?? 'udp'}`;

/** The outbound proxy, or the registrar in its place; the backup server follows after a comma. */
function outbound(host: string, ctx: MapContext): string {
  const ownProxy = ctx.get('line.outboundProxyHost');
  const first =
    ownProxy === undefined
      ? proxy(host, ctx.get('line.serverPort'), ctx)
      : proxy(ownProxy, ctx.get('line.outboundProxyPort'), ctx);
  const backup = ctx.get('line.backupServerHost');
  // Of the two ways that are known, two proxies in one parameter (seen in public templates) and a second identity that takes
  // over (Snom wiki, "user_failover_identity"), the first is used: it takes no identity away from the person and needs no
  // second copy of the password. unverified: how fast the phone goes back to the first.
  return backup === undefined ? first : `${first},${proxy(backup, ctx.get('line.backupServerPort'), ctx)}`;
}

type Once = 'line.localSipPort' | 'line.dtmfPayloadType' | 'line.callerIdSource';

/** One parameter for all identities: the first line that has the setting writes it, another value elsewhere is a gap. */
function once(id: Once, name: string, value: string, wanted: unknown, ctx: MapContext): Params | Partly {
  const deciding = ctx.lines.find((line) => ctx.get(id, line) !== undefined);
  if (deciding === ctx.line) return { [name]: value };
  return ctx.get(id, deciding) === wanted
    ? {}
    : cannot(`${name} is one for all identities; line ${deciding ?? ctx.line} decides`);
}

function callerId(source: CallerIdSource, ctx: MapContext): Params | Partly {
  if (since(ctx.firmware, '10.1.39'))
    return once('line.callerIdSource', 'contact_source_sip_priority', CALLER_ID[source], source, ctx);
  const ignores = IGNORES_ASSERTED[source];
  return ignores === undefined
    ? cannot(`firmware before 10.1.39 knows only From, or P-Asserted-Identity and then From; not ${source}`)
    : once('line.callerIdSource', 'ignore_asserted_in_gui', ignores, source, ctx);
}

/** The word for a ringtone; there are ten. */
export const ringer = (number: number): string | undefined =>
  number > 10 ? undefined : number === 0 ? 'Silent' : `Ringer${number}`;
export const noSuchRinger = (number: number): Partly =>
  cannot(`ringtone ${number}: the built-in ones are Ringer1 to Ringer10 (Snom wiki, "user_ringer")`);

// Source: Snom wiki, the pages of the settings named; the same names in public templates of three PBX makers.
export const lineMapping: Mapping = {
  'line.label': (label, ctx) => ({ [ofLine('user_idle_text', ctx.line)]: label }),
  // Also sent as the display name in SIP.
  'line.displayName': (name, ctx) => ({ [ofLine('user_realname', ctx.line)]: name }),
  'line.user': {
    set: (user, ctx) => ({ [ofLine('user_active', ctx.line)]: 'on', [ofLine('user_name', ctx.line)]: user }),
    clear: (ctx) => ({ [ofLine('user_active', ctx.line)]: 'off', [ofLine('user_name', ctx.line)]: '' }),
  },
  // Empty means the same as user_name.
  'line.authUser': (user, ctx) => ({ [ofLine('user_pname', ctx.line)]: user }),
  'line.password': (password, ctx) => ({ [ofLine('user_pass', ctx.line)]: password }),
  'line.serverHost': (host, ctx) => ({
    // With a proxy of its own the registrar's port has no other place; templates write host:port here too.
    [ofLine('user_host', ctx.line)]: hostPort(
      host,
      ctx.get('line.outboundProxyHost') === undefined ? undefined : ctx.get('line.serverPort'),
    ),
    [ofLine('user_outbound', ctx.line)]: outbound(host, ctx),
  }),
  'line.serverPort': { partOf: 'line.serverHost' },
  'line.backupServerHost': { partOf: 'line.serverHost' },
  'line.backupServerPort': { partOf: 'line.backupServerHost' },
  'line.failbackSeconds': {
    notMapped:
      'no parameter is known: after a failure the phone goes back with one of its next registrations, so keep the registration time short',
  },
  'line.transport': { partOf: 'line.serverHost' },
  'line.outboundProxyHost': { partOf: 'line.serverHost' },
  'line.outboundProxyPort': { partOf: 'line.outboundProxyHost' },
  'line.registerExpiresSeconds': (seconds, ctx) => ({ [ofLine('user_expiry', ctx.line)]: String(seconds) }),
  'line.localSipPort': {
    set: (port, ctx) => once('line.localSipPort', 'network_id_port', String(port), port, ctx),
    // Empty is a random port.
    clear: () => ({ network_id_port: '' }),
  },
  'line.srtp': (srtp, ctx) => ({
    [ofLine('user_srtp', ctx.line)]: SRTP[srtp][0],
    [ofLine('user_savp', ctx.line)]: SRTP[srtp][1],
  }),
  'line.dtmf': (dtmf, ctx) => {
    const params = { [ofLine('user_dtmf_info', ctx.line)]: DTMF[dtmf] };
    return dtmf === 'inband' && ctx.get('line.codecs') === undefined
      ? partly(params, 'inband needs a codec list without telephone-event, and no codec list is set')
      : params;
  },
  'line.dtmfPayloadType': {
    set: (type, ctx) => once('line.dtmfPayloadType', 'dtmf_payload_type', String(type), type, ctx),
    clear: () => ({ dtmf_payload_type: '101' }),
  },
  'line.codecs': (codecs, ctx) => codecList(codecs, ctx.get('line.dtmf'), ofLine('codec_priority_list', ctx.line)),
  'line.callerIdSource': {
    set: callerId,
    clear: (ctx) =>
      since(ctx.firmware, '10.1.39')
        ? { contact_source_sip_priority: 'INFO PAI RPID FROM' }
        : { ignore_asserted_in_gui: 'off' },
  },
  'line.voicemailNumber': (number, ctx) => ({ [ofLine('user_mailbox', ctx.line)]: number }),
  // No switch: the phone subscribes when user_mailbox is filled (Snom wiki, "user_mailbox").
  'line.mwiSubscribe': (subscribe, ctx) => {
    const subscribes = ctx.get('line.voicemailNumber') !== undefined;
    if (subscribe === subscribes) return {};
    return subscribe
      ? cannot('the phone subscribes only where a voicemail number is set (Snom wiki, "user_mailbox")')
      : cannot('the phone always subscribes where a voicemail number is set (Snom wiki, "user_mailbox")');
  },
  'line.blfListUri': (uri, ctx) => ({ [ofLine('user_event_list_uri', ctx.line)]: uri }),
  'line.shared': (shared, ctx) => ({ [ofLine('user_shared_line', ctx.line)]: onOff(shared) }),
  'line.autoAnswer': (on, ctx) => ({ [ofLine('user_auto_connect', ctx.line)]: onOff(on) }),
  // unverified: the grammar, `|pattern|sip:\1@\d|d`. What the administrator wrote is passed on as it stands.
  'line.dialPlan': (plan, ctx) => ({ [ofLine('user_dp_str', ctx.line)]: plan }),
  'line.ringtone': (number, ctx) => {
    const word = ringer(number);
    return word === undefined ? noSuchRinger(number) : { [ofLine('user_ringer', ctx.line)]: word };
  },
};
