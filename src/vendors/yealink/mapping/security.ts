import type { ServerTrust, WebUi } from '../../../domain/settings/security.ts';
import type { MapContext, Mapping, Params } from '../../kit/driver.ts';
import { device, flag, forEachLine, from } from '../generation.ts';

// Source: Yealink administrator guides V70 to V87, "User and Administrator Identification", "Web Server Type", "Direct IP
// Call", "Accept SIP Trust Server Only", and the security guides ("Trusted certificates").

/**
 * The one parameter that may stand twice: `user:password`, once per account, so each carries a tag that is not written.
 * The name before the colon must be the account's present name; we rename none.
 */
const password = (ctx: MapContext, name: 'admin' | 'user', value: string): Params => ({
  [`${device(ctx, 'security.user_password')}#${name}`]: `${name}:${value}`,
});

/** HTTP and HTTPS, V80 and later; both off closes the web pages. */
const WEB_SWITCHES = {
  off: ['0', '0'],
  http: ['1', '0'],
  https: ['0', '1'],
  both: ['1', '1'],
} as const satisfies Record<WebUi, readonly [http: string, https: string]>;

/** `network.web_server_type` up to V73. */
const WEB_SERVER_TYPE = { off: '0', both: '1', http: '2', https: '3' } as const satisfies Record<WebUi, string>;

function webUi(wanted: WebUi, ctx: MapContext): Params {
  if (!from(ctx, 80)) return { 'network.web_server_type': WEB_SERVER_TYPE[wanted] };
  const [http, https] = WEB_SWITCHES[wanted];
  return { [device(ctx, 'wui.http_enable')]: http, [device(ctx, 'wui.https_enable')]: https };
}

/** Our CA comes with the bootstrap (`trusted_certificates.url`); here it is kept in force: ca_cert 2 is built-in and own CAs. */
const serverTrust = (trust: ServerTrust, ctx: MapContext): Params => ({
  [device(ctx, 'security.trust_certificates')]: trust === 'off' ? '0' : '1',
  ...(trust === 'install_ca' ? { [device(ctx, 'security.ca_cert')]: '2' } : {}),
});

export const security: Mapping = {
  // No `clear`: the guides name no way to have a password taken back, and the factory one is the last thing to go back to.
  'security.adminPassword': { set: (value, ctx) => password(ctx, 'admin', value), clear: () => ({}) },
  'security.userPassword': { set: (value, ctx) => password(ctx, 'user', value), clear: () => ({}) },
  'security.webUi': webUi,
  'security.userWebUi': {
    unsupported:
      'Yealink administrator guide, "Web Server Type": the web pages are on or off for all accounts, not for User alone',
  },
  'security.directIpCalls': (on) => ({ 'features.direct_ip_call_enable': flag(on) }),
  'security.trustedServersOnly': (on, ctx) =>
    from(ctx, 80)
      ? { 'sip.trust_ctrl': flag(on) }
      : forEachLine(ctx, (line) => ({ [`account.${line}.sip_trust_ctrl`]: flag(on) })),
  'security.userAccess': {
    unsupported:
      'Yealink administrator guide, "User Access Level": rights stand in a web item level file of their own, not beside a parameter',
  },
  'security.allowedDomains': {
    unsupported:
      'Yealink administrator guides: no list of allowed domains, only SIP trust and the action URI’s addresses',
  },
  'security.serverTrust': serverTrust,
};
