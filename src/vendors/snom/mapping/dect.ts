import { hostPort } from '../../../domain/sip-uri.ts';
import type { Dtmf } from '../../../domain/settings/line.ts';
import { cannot, partly, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { since } from '../../kit/firmware.ts';
import { ofLine } from './form.ts';
import { codecList } from './line.ts';

/** Only what sources name for the bases; all else is a gap that says so. */
export const NOT_FOR_DECT = 'no source names a parameter of the M-series bases for it';

const DTMF = {
  rfc2833: 'off',
  inband: 'off',
  info: 'sip_info_only',
  rfc2833_and_info: undefined,
} as const satisfies Record<Dtmf, string | undefined>;

const MAX_SERVERS = 10;

const serverOf = (ctx: MapContext, line: number): string | undefined => {
  const host = ctx.get('line.serverHost', line);
  return host === undefined ? undefined : hostPort(host, ctx.get('line.serverPort', line));
};

/** Servers stand in a list of their own, and an account names its place there: the first line with a server opens it. */
function serverIndex(ctx: MapContext): number {
  const servers = ctx.lines.map((line) => serverOf(ctx, line)).filter((server) => server !== undefined);
  return Array.from(new Set(servers)).indexOf(serverOf(ctx, ctx.line) ?? '') + 1;
}

function server(host: string, ctx: MapContext): Params | Partly {
  const index = serverIndex(ctx);
  if (index > MAX_SERVERS) return cannot(`a base has ${MAX_SERVERS} SIP servers, and earlier lines use them up`);
  return {
    [ofLine('srv_sip_server_alias', index)]: host,
    // unverified: host:port; templates write the host alone.
    [ofLine('user_host', index)]: hostPort(host, ctx.get('line.serverPort')),
    [ofLine('subscr_sip_ua_data_server_id', ctx.line)]: String(index),
  };
}

function dtmf(wanted: Dtmf, ctx: MapContext): Params | Partly {
  const word = DTMF[wanted];
  const index = serverIndex(ctx);
  if (word === undefined) return cannot('a base sends digits either in RTP or as INFO, not both');
  return index === 0 || index > MAX_SERVERS
    ? cannot('belongs to a SIP server, and this line has none')
    : { [ofLine('user_dtmf_info', index)]: word };
}

// From which firmware a base has three web accounts is unverified: they are seen in templates for 07.40, not for 05.20.
const THREE_ACCOUNTS = '7';

// Source: public templates for M700 and M900, firmware 05.20 and 07.40; the maker's guide "M700 provisioning".
export const dectMapping: Mapping = {
  'line.label': (label, ctx) => ({ [ofLine('subscr_sip_line_name', ctx.line)]: label }),
  'line.displayName': (name, ctx) => ({ [ofLine('user_realname', ctx.line)]: name }),
  // The account and the handset that it rings on carry the same number.
  'line.user': {
    set: (user, ctx) => ({
      [ofLine('user_active', ctx.line)]: 'on',
      [ofLine('user_name', ctx.line)]: user,
      [ofLine('subscr_sip_hs_idx', ctx.line)]: String(ctx.line),
    }),
    clear: (ctx) => ({ [ofLine('user_active', ctx.line)]: 'off', [ofLine('user_name', ctx.line)]: '' }),
  },
  'line.authUser': (user, ctx) => ({ [ofLine('user_pname', ctx.line)]: user }),
  'line.password': (password, ctx) => ({ [ofLine('user_pass', ctx.line)]: password }),
  'line.serverHost': server,
  'line.serverPort': { partOf: 'line.serverHost' },
  'line.localSipPort': (port, ctx) =>
    ctx.lines.find((line) => ctx.get('line.localSipPort', line) !== undefined) === ctx.line
      ? { network_id_port: String(port) }
      : cannot('network_id_port is one for the whole base; an earlier line decides'),
  'line.dtmf': dtmf,
  'line.codecs': (codecs, ctx) => codecList(codecs, ctx.get('line.dtmf'), ofLine('codec_priority_list', ctx.line)),
  // Newer firmware dials user_mailnumber and shows user_mailbox as a name; older dials user_mailbox.
  'line.voicemailNumber': (number, ctx) => ({
    [ofLine('user_mailbox', ctx.line)]: number,
    [ofLine('user_mailnumber', ctx.line)]: number,
  }),
  'security.adminPassword': (password, ctx) => ({
    http_user: 'admin',
    http_pass: password,
    // A second account with the same rights would otherwise keep its factory password.
    ...(since(ctx.firmware, THREE_ACCOUNTS) ? { http_engineer_user: 'Engineer', http_engineer_pass: password } : {}),
  }),
  'security.userPassword': (password, ctx) =>
    since(ctx.firmware, THREE_ACCOUNTS)
      ? { http_basic_user: 'User', http_basic_pass: password }
      : cannot('firmware before 7 has one web account, the admin’s'),
  // As on the desk phones, whose request pattern the bases share; unverified for the bases.
  'provisioning.url': (url) => ({ setting_server: url, pnp_config: 'off' }),
  'provisioning.syncMethods': (methods) => {
    const lost = methods.filter((method) => method === 'periodic' || method === 'at_time');
    return lost.length === 0 ? {} : partly({}, `${lost.join(', ')}: ${NOT_FOR_DECT}; send a NOTIFY instead`);
  },
  'provisioning.resyncEveryMinutes': { partOf: 'provisioning.syncMethods' },
  'provisioning.resyncAt': { partOf: 'provisioning.syncMethods' },
  'provisioning.firmwareUrl': () =>
    cannot('a base is upgraded by <firmware-settings> with version and branch numbers, which a URL does not tell'),
  // A base has no keys.
  'features.keyDuringCall': () => ({}),
  'features.enhancedKeys': () => ({}),
  'services.phonebooks': {
    set: (books) => {
      // 3 is "fetch from a URL".
      const params = { phonebook_server_location: '3', phonebook_location: books[0]?.url ?? '' };
      return books.length > 1 ? partly(params, 'a base has one phone book, the first') : params;
    },
    // unverified: that 0 is "none".
    clear: () => ({ phonebook_server_location: '0', phonebook_location: '' }),
  },
};
