import type { ServerTrust, WebUi } from '../../../domain/settings/security.ts';
import { cannot, partly, type Mapping, type Params } from '../../kit/driver.ts';
import { since } from '../../kit/firmware.ts';
import { onOff } from './form.ts';

// Snom wiki, "webserver_type". http_https and https are seen in public templates; unverified: http and off.
const WEB = { off: 'off', http: 'http', https: 'https', both: 'http_https' } as const satisfies Record<WebUi, string>;

/**
 * `tls_server_authentication` is off as 8.x leaves the factory. 10.x also compares the name in the certificate
 * (`check_fqdn_against_server_cert`, on by default), and there that check does not depend on the first. Snom wiki, "TLS Support".
 */
export const serverTrust = (trust: ServerTrust): Params => ({
  tls_server_authentication: onOff(trust !== 'off'),
  check_fqdn_against_server_cert: onOff(trust !== 'off'),
});

// Source: Snom wiki, the pages of the settings named, and public templates.
export const securityMapping: Mapping = {
  'security.adminPassword': (password, ctx) => ({
    // Two spellings of the web account; a phone passes over the one it does not know. D8xx know the new one only.
    ...(ctx.model.family === 'D8xx' ? {} : { http_user: 'admin', http_pass: password }),
    ...(since(ctx.firmware, '10') ? { webserver_admin_name: 'admin', webserver_admin_password: password } : {}),
    // The password of the menu, and the menu put in the user's mode, or it would be asked of nobody.
    admin_mode_password: password,
    admin_mode_password_confirm: password,
    admin_mode: 'off',
  }),
  'security.userPassword': (password, ctx) =>
    since(ctx.firmware, '10')
      ? { webserver_user_name: 'user', webserver_user_password: password }
      : cannot('firmware before 10 has one web account, the admin’s (Snom wiki, "webserver_user_password")'),
  'security.webUi': (web) => ({ webserver_type: WEB[web] }),
  'security.userWebUi': {
    notMapped: 'leftnav_hidden_user hides single pages from the user, but no source lists the names of the pages',
  },
  // block_url_dialing stops dialling an address; filter_registrar stops calls from anyone but the registrar (unverified).
  'security.directIpCalls': (allowed): Params =>
    allowed ? { block_url_dialing: 'off' } : { block_url_dialing: 'on', filter_registrar: 'on' },
  'security.trustedServersOnly': (only, ctx) => {
    if (!only && ctx.get('security.directIpCalls') === false)
      return cannot('filter_registrar stays on: direct IP calls are refused with the same parameter');
    return { filter_registrar: onOff(only) };
  },
  // Written as the perm flag of each parameter by the codec; these are what the flag cannot say.
  'security.userAccess': (access) => {
    if (access === 'none')
      return partly(
        {},
        'a parameter cannot be hidden from the user: it is written read-only (Snom wiki, "Permission Flags")',
      );
    return access === 'write'
      ? partly({}, 'the admin’s and the provisioning credentials stay read-only (Snom wiki, "Permission Flags")')
      : {};
  },
  'security.allowedDomains': {
    unsupported: 'no setting in the Snom wiki restricts the domains that the phone may use',
  },
  // The CA itself is installed by the bootstrap, which knows where it lies.
  'security.serverTrust': serverTrust,
};
