import { z } from 'zod';
import { Secret } from '../secret.ts';
import { dialString, host, port, text } from './common.ts';
import { secretText, setting } from './setting.ts';

export const transport = z.enum(['udp', 'tcp', 'tls']);
export type Transport = z.output<typeof transport>;

export const srtp = z.enum(['off', 'optional', 'required']);
export type Srtp = z.output<typeof srtp>;

export const dtmf = z.enum(['rfc2833', 'info', 'inband', 'rfc2833_and_info']);
export type Dtmf = z.output<typeof dtmf>;

export const codec = z.enum([
  'pcmu',
  'pcma',
  'g722',
  'g729',
  'g723',
  'g726_16',
  'g726_24',
  'g726_32',
  'g726_40',
  'ilbc',
  'opus',
  'gsm',
  'g722_1',
  'g722_1c',
]);
export type AudioCodec = z.output<typeof codec>;

/** In which order the phone looks for the caller's number. */
export const callerIdSource = z.enum(['from', 'pai', 'pai_from', 'rpid_from', 'pai_rpid_from', 'rpid_pai_from']);
export type CallerIdSource = z.output<typeof callerIdSource>;

export const lineSettings = {
  'line.label': setting({
    scope: 'line',
    schema: z.string().max(64),
    title: 'Label',
    help: 'What the display shows beside the line key.',
    example: '201',
  }),
  'line.displayName': setting({
    scope: 'line',
    schema: z.string().max(64),
    title: 'Display name',
    help: 'The name in the From header that the called party sees.',
    example: 'Alice Example',
  }),
  'line.user': setting({
    scope: 'line',
    schema: dialString,
    title: 'SIP user',
    help: 'The user part of the address that registers. Comes from the extension.',
    example: '201',
  }),
  'line.authUser': setting({
    scope: 'line',
    schema: dialString,
    title: 'Authentication user',
    help: 'The user name of the digest; the SIP user where it is left out.',
    example: '201',
  }),
  'line.password': setting({
    scope: 'line',
    secret: true,
    schema: secretText(text(128)),
    title: 'SIP password',
    help: 'The password of the digest. Comes from the extension.',
    example: new Secret('sip-secret-201'),
  }),
  'line.serverHost': setting({
    scope: 'line',
    schema: host,
    title: 'Registrar',
    help: 'Host name or address of the SIP server; a dummy address of a mapping may stand here.',
    example: 'pbx.example.com',
  }),
  'line.serverPort': setting({
    scope: 'line',
    schema: port,
    title: 'Registrar port',
    help: 'Left out, the phone finds it by itself: 5060, or by DNS SRV where it knows that.',
    example: 5060,
  }),
  'line.backupServerHost': setting({
    scope: 'line',
    schema: host,
    title: 'Backup registrar',
    help: 'Asked when the registrar does not answer.',
    example: 'pbx2.example.com',
  }),
  'line.backupServerPort': setting({
    scope: 'line',
    schema: port,
    title: 'Backup registrar port',
    help: 'Port of the backup registrar.',
    example: 5060,
  }),
  'line.failbackSeconds': setting({
    scope: 'line',
    schema: z.int().min(60).max(65535),
    title: 'Fail back after',
    help: 'Seconds after which the phone tries the first registrar again.',
    example: 120,
  }),
  'line.transport': setting({
    scope: 'line',
    schema: transport,
    title: 'Transport',
    help: 'How SIP messages travel.',
    example: 'tls',
  }),
  'line.outboundProxyHost': setting({
    scope: 'line',
    schema: host,
    title: 'Outbound proxy',
    help: 'Where every request goes first (RFC 3261 §8.1.2).',
    example: 'sbc.example.com',
  }),
  'line.outboundProxyPort': setting({
    scope: 'line',
    schema: port,
    title: 'Outbound proxy port',
    help: 'Port of the outbound proxy.',
    example: 5060,
  }),
  'line.registerExpiresSeconds': setting({
    scope: 'line',
    schema: z.int().min(30).max(86400),
    title: 'Registration expires',
    help: 'Seconds asked for in REGISTER.',
    example: 3600,
  }),
  'line.localSipPort': setting({
    scope: 'line',
    lineOnly: true,
    schema: z.int().min(10000).max(20000),
    title: 'Local SIP port',
    help: 'UDP port the phone listens on for this line, 10000 to 20000. Drawn per phone against ghost calls; never in a template.',
    example: 15060,
  }),
  'line.srtp': setting({
    scope: 'line',
    schema: srtp,
    title: 'SRTP',
    help: 'Whether the voice is encrypted. Without TLS the keys travel in the clear.',
    example: 'optional',
  }),
  'line.dtmf': setting({
    scope: 'line',
    schema: dtmf,
    title: 'DTMF',
    help: 'How digits travel during a call.',
    example: 'rfc2833',
  }),
  'line.dtmfPayloadType': setting({
    scope: 'line',
    schema: z.int().min(96).max(127),
    title: 'DTMF payload type',
    help: 'RTP payload type of RFC 4733 events.',
    example: 101,
  }),
  'line.codecs': setting({
    scope: 'line',
    schema: z
      .array(codec)
      .min(1)
      .refine((list) => new Set(list).size === list.length, 'the same codec stands twice'),
    title: 'Codecs',
    help: 'The codecs offered, best first. What is not listed is switched off.',
    example: ['g722', 'pcma', 'pcmu'],
  }),
  'line.callerIdSource': setting({
    scope: 'line',
    schema: callerIdSource,
    title: 'Caller ID source',
    help: 'PAI before From is needed for connected-line updates.',
    example: 'pai_from',
  }),
  'line.voicemailNumber': setting({
    scope: 'line',
    schema: dialString,
    title: 'Voicemail number',
    help: 'What the message key dials.',
    example: '*97',
  }),
  'line.mwiSubscribe': setting({
    scope: 'line',
    schema: z.boolean(),
    title: 'Subscribe to message waiting',
    help: 'Whether the phone subscribes to message-summary (RFC 3842) for this line.',
    example: true,
  }),
  'line.blfListUri': setting({
    scope: 'line',
    schema: dialString,
    title: 'BLF list',
    help: 'User or URI of the resource list that holds all watched extensions (RFC 4662).',
    example: 'blf-201',
  }),
  'line.shared': setting({
    scope: 'line',
    schema: z.boolean(),
    title: 'Shared line',
    help: 'The same extension appears on several phones and shows their calls.',
    example: true,
  }),
  'line.autoAnswer': setting({
    scope: 'line',
    schema: z.boolean(),
    title: 'Answer automatically',
    help: 'Every call to this line is answered by itself.',
    example: true,
  }),
  'line.dialPlan': setting({
    scope: 'line',
    schema: text(2047),
    title: 'Dial plan',
    help: 'The digit map in the maker’s own grammar; it decides when dialling is complete.',
    example: '[2-7]xx|0xxxxxx.T',
  }),
  'line.ringtone': setting({
    scope: 'line',
    schema: z.int().min(0).max(20),
    title: 'Ringtone',
    help: 'The number of the built-in ringtone; 0 is silent.',
    example: 2,
  }),
} as const;
