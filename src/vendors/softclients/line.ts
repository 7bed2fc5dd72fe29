import type { AudioCodec, Dtmf, Srtp } from '../../domain/settings/line.ts';
import type { SettingId } from '../../domain/settings/registry.ts';
import { hostPort } from '../../domain/sip-uri.ts';
import { cannot, partly, type MapContext, type Mapping, type Params, type Partly } from '../kit/driver.ts';
import { unwritableInLine } from '../kit/ini.ts';
import { unwritableInXml } from '../kit/xml.ts';

/**
 * Accounts count from 0 and without a hole: `proxy_1` is not read where there is no `proxy_0` (seen: 5.1.65). So a line's
 * index is its place among the lines in use, not its number less one.
 */
export const indexOf = (ctx: MapContext, line = ctx.line): number => {
  const index = ctx.lines.indexOf(line);
  return index < 0 ? line - 1 : index;
};

const proxy = (ctx: MapContext, entries: Params): Params => inSection(`proxy_${indexOf(ctx)}`, entries);
const authInfo = (ctx: MapContext, entries: Params): Params => inSection(`auth_info_${indexOf(ctx)}`, entries);

/** `{ ref: 'x' }` in section `nat_policy_0` → `{ 'nat_policy_0/ref': 'x' }`. */
export const inSection = (section: string, entries: Params): Params =>
  Object.fromEntries(Object.entries(entries).map(([name, value]) => [`${section}/${name}`, value]));

/** The parameters of a setting that the program has once for all accounts: those of the first line in use hold. */
function onceForAll(ctx: MapContext, id: SettingId, value: unknown, params: Params): Params | Partly {
  const first = ctx.lines[0] ?? ctx.line;
  if (ctx.line === first) return params;
  return JSON.stringify(ctx.get(id, first)) === JSON.stringify(value)
    ? {}
    : cannot(`Linphone has this once for all accounts, and line ${first} decides`);
}

// RFC 3261 §25.1: user = 1*( unreserved / escaped / user-unreserved ); all else is written %XX.
const sipUser = (user: string): string =>
  Array.from(user, (character) =>
    /[A-Za-z0-9\-_.!~*'()&=+$,;?/]/.test(character)
      ? character
      : Array.from(
          new TextEncoder().encode(character),
          (byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`,
        ).join(''),
  ).join('');

/** A user may bring its own domain (`201@tenant.example.com`); otherwise the registrar's name is the domain. */
function addressOf(user: string, host: string): { readonly user: string; readonly domain: string } {
  const at = user.lastIndexOf('@');
  return at > 0 && at < user.length - 1
    ? { user: user.slice(0, at), domain: user.slice(at + 1) }
    : { user, domain: hostPort(host, undefined) };
}

// RFC 3261 §25.1: quoted-string = DQUOTE *(qdtext / quoted-pair ) DQUOTE; a CR or LF cannot even be escaped.
const quoted = (name: string): string => `"${name.replace(/["\\]/g, '\\$&')}"`;

const unsayable = (name: string): string | undefined => unwritableInXml(name) ?? unwritableInLine(name.trim());

/** The account itself: who it is, and whose password it needs. */
function account(user: string, ctx: MapContext): Params | Partly {
  const host = ctx.get('line.serverHost');
  if (host === undefined) return cannot('an account needs line.serverHost: it is the domain of its address');
  const address = addressOf(user, host);
  const uri = `<sip:${sipUser(address.user)}@${address.domain}>`;
  const name = ctx.get('line.displayName') ?? '';
  const obstacle = unsayable(name);
  const params = {
    ...proxy(ctx, {
      reg_identity: name === '' || obstacle !== undefined ? uri : `${quoted(name)} ${uri}`,
      reg_sendregister: '1',
    }),
    // The domain keeps two accounts apart that have the same user at two servers (seen: 5.1.65). Never `realm`: it is not
    // known here, and credentials with another realm than the challenge's are not used.
    ...authInfo(ctx, { username: address.user, domain: address.domain }),
  };
  return obstacle === undefined ? params : partly(params, `line.displayName ${obstacle}`);
}

const sipUri = (ctx: MapContext, host: string, port: number | undefined): string => {
  const transport = ctx.get('line.transport');
  return `sip:${hostPort(host, port)}${transport === undefined ? '' : `;transport=${transport}`}`;
};

const outboundProxy = (ctx: MapContext): string | undefined => {
  const host = ctx.get('line.outboundProxyHost');
  return host === undefined ? undefined : sipUri(ctx, host, ctx.get('line.outboundProxyPort'));
};

// seen: 5.1.65 sends REGISTER to `reg_proxy` even where `reg_route` says otherwise, and everything else to `reg_route`. So
// the outbound proxy stands in both; the registrar is named by the domain of `reg_identity`.
const registrar = (host: string, ctx: MapContext): Params =>
  proxy(ctx, { reg_proxy: outboundProxy(ctx) ?? sipUri(ctx, host, ctx.get('line.serverPort')) });

function route(ctx: MapContext): Params | Partly {
  const params = proxy(ctx, { reg_route: `${outboundProxy(ctx) ?? ''};lr` });
  const port = ctx.get('line.serverPort');
  return port === undefined || port === (ctx.get('line.transport') === 'tls' ? 5061 : 5060)
    ? params
    : partly(params, `behind an outbound proxy Linphone registers at the bare domain: port ${port} is not said`);
}

// `media_encryption` also knows zrtp and dtls, which have no neutral counterpart.
const MEDIA_ENCRYPTION = { off: 'none', optional: 'srtp', required: 'srtp' } as const satisfies Record<Srtp, string>;

function mediaEncryption(mode: Srtp, ctx: MapContext): Params | Partly {
  const params = inSection('sip', {
    media_encryption: MEDIA_ENCRYPTION[mode],
    media_encryption_mandatory: mode === 'required' ? '1' : '0',
  });
  const mapped = onceForAll(ctx, 'line.srtp', mode, params);
  return mode === 'optional' && 'sip/media_encryption' in mapped
    ? partly(
        params,
        'Linphone 5.1.65 offers RTP/SAVP alone even where encryption is not mandatory (seen in its INVITE)',
      )
    : mapped;
}

// seen: with `use_rfc2833=0` no telephone-event is offered. unverified: that `use_info=1` then sends SIP INFO.
const DTMF = {
  rfc2833: { use_rfc2833: '1', use_info: '0' },
  info: { use_rfc2833: '0', use_info: '1' },
  rfc2833_and_info: { use_rfc2833: '1', use_info: '1' },
  inband: undefined,
} as const satisfies Record<Dtmf, Params | undefined>;

function dtmf(mode: Dtmf, ctx: MapContext): Params | Partly {
  const entries = DTMF[mode];
  return entries === undefined
    ? cannot('Linphone has no word for DTMF inband')
    : onceForAll(ctx, 'line.dtmf', mode, inSection('sip', entries));
}

/** Name, clock rate and channels as `codec list` of 5.1.65 shows them. */
const CODECS = {
  pcmu: ['PCMU', 8000, 1],
  pcma: ['PCMA', 8000, 1],
  g722: ['G722', 8000, 1],
  g729: ['G729', 8000, 1],
  gsm: ['GSM', 8000, 1],
  opus: ['opus', 48000, 2],
  g726_16: ['G726-16', 8000, 1],
  g726_24: ['G726-24', 8000, 1],
  g726_32: ['G726-32', 8000, 1],
  g726_40: ['G726-40', 8000, 1],
  ilbc: undefined,
  g723: undefined,
  g722_1: undefined,
  g722_1c: undefined,
} as const satisfies Record<AudioCodec, readonly [mime: string, rate: number, channels: number] | undefined>;

/**
 * The list ends at the first entry without a name, which cuts off what the client had there before; and
 * `add_missing_audio_codecs=0` keeps it from putting its own codecs back in between. Emptied again, its own come back in
 * their order, but one that we had switched on stays on (all seen: 5.1.65).
 */
function codecs(wanted: readonly AudioCodec[], ctx: MapContext): Params | Partly {
  const known = wanted.map((codec) => CODECS[codec]).filter((codec) => codec !== undefined);
  const lacking = wanted.filter((codec) => CODECS[codec] === undefined);
  const reason = `not in the codec list of Linphone 5.1.65: ${lacking.join(', ')}`;
  if (known.length === 0) return cannot(reason);
  const entries = known.map(([mime, rate, channels], index) =>
    inSection(`audio_codec_${index}`, { mime, rate: String(rate), channels: String(channels), enabled: '1' }),
  );
  const params = {
    ...Object.fromEntries(entries.flatMap((entry) => Object.entries(entry))),
    [`audio_codec_${known.length}/mime`]: '',
    'misc/add_missing_audio_codecs': '0',
  };
  const mapped = onceForAll(ctx, 'line.codecs', wanted, params);
  return lacking.length > 0 && !('partly' in mapped) ? partly(mapped, reason) : mapped;
}

const noName = (what: string) => ({ unsupported: `Linphone 5.1.65: its library knows no parameter for ${what}` });

// Source: names and grammar as in public provisioning templates for Linphone; what each of them does was seen on 5.1.65.
export const lineMapping = {
  'line.label': { unsupported: 'Linphone shows an account by its address and display name; it has no label' },
  'line.user': account,
  'line.displayName': { partOf: 'line.user' },
  'line.authUser': (user, ctx) => authInfo(ctx, { userid: user }),
  // Clear text, not `ha1`: that is md5(auth user:realm:password), and the realm is not known here.
  'line.password': (password, ctx) => authInfo(ctx, { passwd: password }),
  'line.serverHost': registrar,
  'line.serverPort': { partOf: 'line.serverHost' },
  'line.transport': { partOf: 'line.serverHost' },
  'line.outboundProxyHost': (_host, ctx) => route(ctx),
  'line.outboundProxyPort': { partOf: 'line.outboundProxyHost' },
  'line.registerExpiresSeconds': (seconds, ctx) => proxy(ctx, { reg_expires: String(seconds) }),
  'line.backupServerHost': noName('a second registrar of an account'),
  'line.backupServerPort': noName('a second registrar of an account'),
  'line.failbackSeconds': noName('a second registrar of an account'),
  'line.localSipPort': (port, ctx) => onceForAll(ctx, 'line.localSipPort', port, { 'sip/sip_port': String(port) }),
  'line.srtp': mediaEncryption,
  'line.dtmf': dtmf,
  'line.dtmfPayloadType': {
    notMapped: 'rtp/telephone_event_pt was given to Linphone 5.1.65 and changed nothing in its offer',
  },
  'line.codecs': codecs,
  'line.callerIdSource': { notMapped: 'no source names a parameter; From is shown' },
  'line.voicemailNumber': noName('a voicemail number'),
  'line.mwiSubscribe': noName('message waiting'),
  'line.blfListUri': { unsupported: 'Linphone has no keys that could show a watched extension' },
  'line.shared': { unsupported: 'Linphone has no shared lines' },
  'line.autoAnswer': { notMapped: 'an option of the command line (-a) in linphonec; no source names a parameter' },
  'line.dialPlan': { unsupported: 'Linphone dials when its user says so and has no digit map' },
  'line.ringtone': { unsupported: 'the ringtone is a file on the user’s computer, not a number' },
} as const satisfies Mapping;
