import type { AudioCodec, CallerIdSource, Dtmf, Srtp, Transport } from '../../../domain/settings/line.ts';
import { cannot, partly, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { isUcs, ucsSince } from '../dialect.ts';
import { traitsOf } from '../models.ts';
import { flag, onePerPhone, reg, withReasons } from '../params.ts';

// UCS 4.1.6 guide, "reg.x.server.y.transport"; exactly these words. DNSnaptr and TCPpreferred have no neutral counterpart.
const TRANSPORT = { udp: 'UDPOnly', tcp: 'TCPOnly', tls: 'TLS' } as const satisfies Record<Transport, string>;

const has = (ctx: MapContext, id: 'line.backupServerHost' | 'line.outboundProxyHost'): boolean =>
  ctx.get(id) !== undefined;

function transport(value: Transport, ctx: MapContext): Params {
  const word = TRANSPORT[value];
  return reg(ctx, {
    'server.1.transport': word,
    ...(has(ctx, 'line.backupServerHost') ? { 'server.2.transport': word } : {}),
    ...(has(ctx, 'line.outboundProxyHost') ? { 'outboundProxy.transport': word } : {}),
  });
}

// UCS guide, "Server Redundancy"; public templates write the same for servers 1 and 2. reRegisterOn=1: the two do not
// share registrations.
function backup(host: string, ctx: MapContext): Params {
  const failOver = { reRegisterOn: '1', failRegistrationOn: '1', onlySignalWithRegistered: '1' };
  const both = ['1', '2'].flatMap((server) =>
    Object.entries(failOver).map(([name, value]) => [`server.${server}.failOver.${name}`, value] as const),
  );
  const expires = ctx.get('line.registerExpiresSeconds');
  return reg(ctx, {
    'server.2.address': host,
    'server.2.register': '1',
    ...(expires === undefined ? {} : { 'server.2.expires': String(expires) }),
    ...Object.fromEntries(both),
  });
}

const failback = (seconds: number, ctx: MapContext): Params =>
  reg(
    ctx,
    Object.fromEntries(
      ['1', '2'].flatMap((server) => [
        [`server.${server}.failOver.failBack.mode`, 'duration'] as const,
        [`server.${server}.failOver.failBack.timeout`, String(seconds)] as const,
      ]),
    ),
  );

const SRTP = {
  off: { enable: '0', offer: '0', require: '0' },
  optional: { enable: '1', offer: '1', require: '0' },
  required: { enable: '1', offer: '1', require: '1' },
} as const satisfies Record<Srtp, Params>;

const STRENGTH: readonly Srtp[] = ['off', 'optional', 'required'];

const prefixed = (prefix: string, params: Params): Params =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [`${prefix}.${name}`, value]));

/**
 * sec.srtp.* for the phone (public templates of all generations); reg.N.srtp.* for the line from UCS 5.
 * unverified: the first release with reg.N.srtp.*.
 */
function srtp(value: Srtp, ctx: MapContext): Params | Partly {
  if (!ucsSince(ctx, '5.0'))
    return onePerPhone('line.srtp', value, ctx, prefixed('sec.srtp', SRTP[value]), 'sec.srtp.*');
  // The phone as a whole allows what any line offers and demands only what all demand; each line says the rest itself.
  const all = [value, ...ctx.lines.map((line) => ctx.get('line.srtp', line) ?? 'off')];
  const any = all.some((wanted) => wanted !== 'off');
  const lowest = STRENGTH.find((wanted) => all.includes(wanted)) ?? 'off';
  const phone = any ? { ...SRTP.optional, require: SRTP[lowest].require } : SRTP.off;
  return { ...prefixed('sec.srtp', phone), ...reg(ctx, prefixed('srtp', SRTP[value])) };
}

const RFC2833 = {
  'tone.dtmf.viaRtp': '1',
  'tone.dtmf.rfc2833Control': '1',
  'voIpProt.SIP.dtmfViaSignaling.rfc2976': '0',
};
const DTMF = {
  rfc2833: RFC2833,
  inband: { ...RFC2833, 'tone.dtmf.rfc2833Control': '0' },
  info: {
    'tone.dtmf.viaRtp': '0',
    'tone.dtmf.rfc2833Control': '1',
    'voIpProt.SIP.dtmfViaSignaling.rfc2976': '1',
  },
  rfc2833_and_info: RFC2833,
} as const satisfies Record<Dtmf, Params>;

function dtmf(value: Dtmf, ctx: MapContext): Params | Partly {
  if (value === 'info' && isUcs(ctx))
    return partly(
      RFC2833,
      'public templates offer SIP INFO (info) in SIP 3.x only and use RFC 2833 from UCS 4 on; so does this',
    );
  if (value === 'rfc2833_and_info')
    return partly(RFC2833, 'no source shows RFC 2833 and SIP INFO together (rfc2833_and_info); RFC 2833 is written');
  return DTMF[value];
}

// Shipped sip.cfg of SIP 3.x, and public templates for UCS. undefined: the maker has no word for it.
const CODEC_UCS = {
  pcmu: 'G711_Mu',
  pcma: 'G711_A',
  g722: 'G722',
  g729: 'G729_AB',
  ilbc: 'iLBC.13_33kbps',
  opus: 'Opus',
  g722_1: 'G7221.32kbps',
  g722_1c: 'G7221_C.48kbps',
  g723: undefined,
  g726_16: undefined,
  g726_24: undefined,
  g726_32: undefined,
  g726_40: undefined,
  gsm: undefined,
} as const satisfies Record<AudioCodec, string | undefined>;
const CODEC_SIP3X = {
  ...CODEC_UCS,
  pcmu: 'G711Mu',
  pcma: 'G711A',
  g729: 'G729AB',
  g722_1c: 'G7221C.48kbps',
  opus: undefined,
} as const satisfies Record<AudioCodec, string | undefined>;

// Known to the phone, without a neutral name: always written as not offered, or the shipped preference would stand.
const OTHERS_UCS = [
  'G7221.16kbps',
  'G7221.24kbps',
  'G7221_C.24kbps',
  'G7221_C.32kbps',
  'Siren14.48kbps',
  'Siren22.64kbps',
  'iLBC.15_2kbps',
];
const OTHERS_SIP3X = ['Siren14.48kbps', 'Siren22.64kbps'];

/** Preferences 1, 2, 3…; 0 is not offered. SIP 3.x keeps them a second time in a table of the model. */
function codecs(wanted: readonly AudioCodec[], ctx: MapContext): Params | Partly {
  const names: Readonly<Record<AudioCodec, string | undefined>> = isUcs(ctx) ? CODEC_UCS : CODEC_SIP3X;
  const order = wanted.map((codec) => names[codec]).filter((name) => name !== undefined);
  const missing = wanted.filter((codec) => names[codec] === undefined);
  if (order.length === 0) return cannot(`voice.codecPref has no name for ${missing.join(', ')}`);
  const all = [
    ...Object.values(names).filter((name) => name !== undefined),
    ...(isUcs(ctx) ? OTHERS_UCS : OTHERS_SIP3X),
  ];
  const tables = ['', ...(isUcs(ctx) ? [] : traitsOf(ctx.model).codecTables.map((table) => `${table}.`))];
  const params = Object.fromEntries(
    tables.flatMap((table) => all.map((name) => [`voice.codecPref.${table}${name}`, String(order.indexOf(name) + 1)])),
  );
  return withReasons(params, [
    missing.length === 0 ? undefined : `voice.codecPref has no name for ${missing.join(', ')}`,
  ]);
}

// unverified: voIpProt.SIP.CID.sourcePreference is known from hearsay only, with a list of header names.
const PAI = 'P-Asserted-Identity';
const RPID = 'Remote-Party-ID';
const CALLER_ID = {
  from: 'From',
  pai: PAI,
  pai_from: `${PAI},From`,
  rpid_from: `${RPID},From`,
  pai_rpid_from: `${PAI},${RPID},From`,
  rpid_pai_from: `${RPID},${PAI},From`,
} as const satisfies Record<CallerIdSource, string>;

// Public templates: one press of Messages dials the number, without a menu before it.
const voicemail = (number: string, ctx: MapContext): Params => ({
  [`msg.mwi.${ctx.line}.callBackMode`]: 'contact',
  [`msg.mwi.${ctx.line}.callBack`]: number,
  'up.oneTouchVoiceMail': '1',
  'up.mwiVisible': '1',
  'msg.bypassInstantMessage': '1',
});

/** The parameter holds whose mailbox it is, not a yes or no; empty is "unsolicited only". */
function mwiSubscribe(on: boolean, ctx: MapContext): Params | Partly {
  const user = ctx.get('line.user');
  if (on && user === undefined)
    return cannot('msg.mwi.N.subscribe takes the user of the mailbox, and the line has none');
  return { [`msg.mwi.${ctx.line}.subscribe`]: on ? (user ?? '') : '' };
}

/** One SIP port for the whole phone (unverified: that no line has its own). */
function localSipPort(port: number, ctx: MapContext): Params | Partly {
  return onePerPhone(
    'line.localSipPort',
    port,
    ctx,
    { 'voIpProt.SIP.local.port': String(port) },
    'voIpProt.SIP.local.port',
  );
}

/** call.autoAnswer.*, shipped files of all generations. Only the ring class differs. */
function autoAnswer(on: boolean, ctx: MapContext): Params | Partly {
  const params = {
    'call.autoAnswer.SIP': flag(on),
    ...(on ? { 'call.autoAnswer.ringClass': isUcs(ctx) ? 'ringAutoAnswer' : '4' } : {}),
  };
  const mapped = onePerPhone('line.autoAnswer', on, ctx, params, 'call.autoAnswer.SIP');
  const other = ctx.lines.find((line) => line !== ctx.line && ctx.get('line.autoAnswer', line) === undefined);
  return on && other !== undefined
    ? partly(params, `call.autoAnswer.SIP holds for all lines, line ${other} too`)
    : mapped;
}

/** SIP 3.x counts ring types, UCS calls them `ringerN` (seen in public configurations for reg.N.ringType too). */
export function ringType(ring: number, ctx: MapContext, lines: readonly number[]): Params | Partly {
  if (ring === 0) return cannot('no source says which ring type is silent');
  const value = isUcs(ctx) ? `ringer${ring}` : String(ring);
  return Object.fromEntries(lines.map((line) => [`reg.${line}.ringType`, value]));
}

// Source: UCS 4.1.6 guide, "reg.x" and "Server" parameters; the shipped files of SIP 3.x; public templates of each generation.
export const line: Mapping = {
  'line.label': (label, ctx) => reg(ctx, { label }),
  'line.displayName': (displayName, ctx) => reg(ctx, { displayName }),
  // An empty address switches the line off. The digest's user is the SIP user unless line.authUser says otherwise.
  'line.user': (user, ctx) =>
    reg(ctx, {
      address: user,
      ...(ctx.get('line.authUser') === undefined ? { 'auth.userId': user } : {}),
      lineKeys: '1',
    }),
  'line.authUser': (user, ctx) => reg(ctx, { 'auth.userId': user }),
  'line.password': (password, ctx) => reg(ctx, { 'auth.password': password }),
  'line.serverHost': (host, ctx) => reg(ctx, { 'server.1.address': host, 'server.1.register': '1' }),
  // Left out: with a host name and no transport the phone asks DNS (NAPTR, then SRV); otherwise the port follows the transport.
  'line.serverPort': (port, ctx) => reg(ctx, { 'server.1.port': String(port) }),
  'line.backupServerHost': backup,
  'line.backupServerPort': (port, ctx) => reg(ctx, { 'server.2.port': String(port) }),
  'line.failbackSeconds': failback,
  'line.transport': transport,
  'line.outboundProxyHost': (host, ctx) => reg(ctx, { 'outboundProxy.address': host }),
  'line.outboundProxyPort': (port, ctx) => reg(ctx, { 'outboundProxy.port': String(port) }),
  'line.registerExpiresSeconds': (seconds, ctx) => reg(ctx, { 'server.1.expires': String(seconds) }),
  'line.localSipPort': localSipPort,
  'line.srtp': srtp,
  'line.dtmf': (value, ctx) => onePerPhone('line.dtmf', value, ctx, dtmf(value, ctx), 'tone.dtmf.*'),
  'line.dtmfPayloadType': (type, ctx) =>
    onePerPhone(
      'line.dtmfPayloadType',
      type,
      ctx,
      { 'tone.dtmf.rfc2833Payload': String(type) },
      'tone.dtmf.rfc2833Payload',
    ),
  'line.codecs': (list, ctx) => onePerPhone('line.codecs', list, ctx, codecs(list, ctx), 'voice.codecPref.*'),
  'line.callerIdSource': (value, ctx) =>
    onePerPhone(
      'line.callerIdSource',
      value,
      ctx,
      { 'voIpProt.SIP.CID.sourcePreference': CALLER_ID[value] },
      'voIpProt.SIP.CID.sourcePreference',
    ),
  'line.voicemailNumber': voicemail,
  'line.mwiSubscribe': mwiSubscribe,
  // With attendant.uri the phone ignores single resources; keys.ts says so at the keys.
  'line.blfListUri': (uri, ctx) =>
    onePerPhone(
      'line.blfListUri',
      uri,
      ctx,
      { 'attendant.uri': uri, 'attendant.reg': String(ctx.line) },
      'attendant.uri',
    ),
  'line.shared': (on, ctx) => reg(ctx, { type: on ? 'shared' : 'private' }),
  'line.autoAnswer': autoAnswer,
  'line.dialPlan': (plan, ctx) => ({ [`dialplan.${ctx.line}.digitmap`]: plan }),
  'line.ringtone': (ring, ctx) => ringType(ring, ctx, [ctx.line]),
};
