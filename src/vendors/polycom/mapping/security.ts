import type { ServerTrust, WebUi } from '../../../domain/settings/security.ts';
import { cannot, partly, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { isUcs } from '../dialect.ts';
import { device, flag } from '../params.ts';

const WEB = { 'httpd.enabled': '1', 'httpd.cfg.enabled': '1' };
const WEB_UI = {
  off: { 'httpd.enabled': '0', 'httpd.cfg.enabled': '0' },
  http: { ...WEB, 'httpd.cfg.secureTunnelEnabled': '0', 'httpd.cfg.secureTunnelRequired': '0' },
  https: { ...WEB, 'httpd.cfg.secureTunnelEnabled': '1', 'httpd.cfg.secureTunnelRequired': '1' },
  both: { ...WEB, 'httpd.cfg.secureTunnelEnabled': '1', 'httpd.cfg.secureTunnelRequired': '0' },
} as const satisfies Record<WebUi, Params>;

function webUi(value: WebUi, ctx: MapContext): Params | Partly {
  if (isUcs(ctx) || value === 'off') return WEB_UI[value];
  if (value === 'https') return cannot('https: the web pages of SIP 3.x have no TLS; off keeps them shut');
  return value === 'both' ? partly(WEB, 'both: the web pages of SIP 3.x have no TLS') : WEB;
}

const NAME_CHECK = 'sec.TLS.prov.strictCertCommonNameValidation';
const STRICT = device({ [NAME_CHECK]: '1' });

/** Our CA is put into the phone's flash by the bootstrap (customCaCert1) and stays there; from then on the phone checks. */
const TRUST = {
  check: STRICT,
  install_ca: STRICT,
  off: partly(
    device({ [NAME_CHECK]: '0' }),
    'off: the phones can be told not to compare the name, the chain is always checked',
  ),
} as const satisfies Record<ServerTrust, Params | Partly>;

// Source: UCS 4.1.6 guide, "requestValidation": `source` takes requests only from servers that the line registers with.
const VALIDATION = 'voIpProt.SIP.requestValidation.1';

// Source: UCS guides, "device.auth", "httpd", "voIpProt.SIP.requestValidation"; public templates.
export const security: Mapping = {
  // Cleared is the factory password (unverified: 456 and 123); an empty one must never stand in flash.
  'security.adminPassword': {
    set: (password) => device({ 'auth.localAdminPassword': password }),
    clear: () => device({ 'auth.localAdminPassword': '456' }),
  },
  'security.userPassword': {
    set: (password) => device({ 'auth.localUserPassword': password }),
    clear: () => device({ 'auth.localUserPassword': '123' }),
  },
  'security.webUi': webUi,
  'security.userWebUi': { notMapped: 'no source names a parameter that shuts the web pages for User alone' },
  'security.directIpCalls': (on) => ({ 'feature.urlDialing.enabled': flag(on) }),
  'security.trustedServersOnly': (on) =>
    on ? { [`${VALIDATION}.method`]: 'source', [`${VALIDATION}.request`]: 'INVITE' } : { [`${VALIDATION}.method`]: '' },
  'security.userAccess': {
    unsupported: 'UCS parameters carry no right of the User account; menus are locked as a whole',
  },
  'security.allowedDomains': { notMapped: 'no source names a list of domains that the phone may use' },
  'security.serverTrust': { set: (trust) => TRUST[trust], clear: () => STRICT },
};
