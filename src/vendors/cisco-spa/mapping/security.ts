import type { WebUi } from '../../../domain/settings/security.ts';
import { cannot, partly, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { dialectOf, isAta } from '../models.ts';
import { forEachLine, ofLine, router, yesNo } from './form.ts';

// Source: Linksys SPA9x2 administrator guide, page 59 ("Admin" and "User" accounts, web server, restricted domains); SPA300/500
// guide, "Phone UI"; SPA1xx subtree from public templates.

const inSubtree = (ctx: MapContext): boolean => dialectOf(ctx.model).tags === 'ata_router';

function adminPassword(password: string, ctx: MapContext): Params {
  if (inSubtree(ctx))
    return { [router('Web_Login_Admin_Name')]: 'admin', [router('Web_Login_Admin_Password')]: password };
  return { [dialectOf(ctx.model).tags === 'spa525' ? 'Admin_Password' : 'Admin_Passwd']: password };
}

const userPassword = (password: string, ctx: MapContext): Params =>
  inSubtree(ctx)
    ? { [router('Web_Login_Guest_Name')]: 'user', [router('Web_Login_Guest_Password')]: password }
    : { User_Password: password };

const WEB_IN_SUBTREE = {
  off: ['0', '0'],
  http: ['1', '0'],
  https: ['0', '1'],
  both: ['1', '1'],
} as const satisfies Record<WebUi, readonly [http: string, https: string]>;

function writeWeb(wanted: WebUi, ctx: MapContext): Params {
  if (!inSubtree(ctx)) return { Enable_Web_Server: yesNo(wanted !== 'off') };
  const [http, https] = WEB_IN_SUBTREE[wanted];
  return {
    [router('Web_Management/Web_Utility_Access_HTTP')]: http,
    [router('Web_Management/Web_Utility_Access_HTTPS')]: https,
  };
}

/** As from the factory. */
const openWeb = (ctx: MapContext): Params => writeWeb(inSubtree(ctx) ? 'https' : 'http', ctx);

const ONE_SWITCH =
  'SPA9x2 administrator guide, "Enable Web Server": one switch for both accounts, so Admin’s pages and the resync URL are off together with User’s';
const NO_HTTPS = 'SPA administrator guides, "Web Server": the phone’s own web pages are HTTP only';

/** User's pages cannot be closed alone, so a "no" for User closes them for everyone, whatever security.webUi says. */
function webUi(wanted: WebUi, ctx: MapContext): Params | Partly {
  if (wanted !== 'off' && ctx.get('security.userWebUi') === false) return partly(writeWeb('off', ctx), ONE_SWITCH);
  if (inSubtree(ctx) || wanted === 'off' || wanted === 'http') return writeWeb(wanted, ctx);
  return wanted === 'both' ? partly(writeWeb('http', ctx), NO_HTTPS) : cannot(NO_HTTPS);
}

function userWebUi(on: boolean, ctx: MapContext): Params | Partly {
  const wanted = ctx.get('security.webUi');
  if (!on) return wanted === undefined ? partly(writeWeb('off', ctx), ONE_SWITCH) : writeWeb('off', ctx);
  if (wanted === 'off') return cannot(`${ONE_SWITCH}; security.webUi is off`);
  return wanted === undefined || !inSubtree(ctx) ? openWeb(ctx) : writeWeb(wanted, ctx);
}

/** Dialling an address is one thing, being called by one another: only ATAs refuse the latter. */
function directIpCalls(on: boolean, ctx: MapContext): Params | Partly {
  const dialling = forEachLine(ctx, (line) => ({ [ofLine('Enable_IP_Dialing', line)]: yesNo(on) }));
  if (on) return dialling;
  return isAta(ctx.model)
    ? { ...dialling, ...forEachLine(ctx, (line) => ({ [ofLine('Restrict_Source_IP', line)]: 'Yes' })) }
    : partly(
        dialling,
        'SPA administrator guides, "Enable IP Dialing": stops dialling an address only; whether phones have Restrict_Source_IP against calls from one is unverified',
      );
}

function trustedServersOnly(on: boolean, ctx: MapContext): Params | Partly {
  if (isAta(ctx.model)) return forEachLine(ctx, (line) => ({ [ofLine('Restrict_Source_IP', line)]: yesNo(on) }));
  return on
    ? cannot(
        'SPA administrator guides: phones have Auth_INVITE_n_ only, which asks the server itself for a password at every call; most servers then cannot ring the phone. Write it as a raw parameter if yours can',
      )
    : {};
}

const PASSED_OVER: Params = {};

export const security: Mapping = {
  // No `clear`: an empty password would open the phone to everyone; the old one stays until a new one is set.
  'security.adminPassword': { set: adminPassword, clear: () => ({}) },
  'security.userPassword': { set: userPassword, clear: () => ({}) },
  'security.webUi': { set: webUi, clear: openWeb },
  'security.userWebUi': { set: userWebUi, clear: openWeb },
  'security.directIpCalls': directIpCalls,
  'security.trustedServersOnly': trustedServersOnly,
  // Every element carries it as `ua`; Phone-UI-user-mode makes the phone's own menus heed it too (SPA3xx/5xx).
  'security.userAccess': (_access, ctx) => (dialectOf(ctx.model).later ? { 'Phone-UI-user-mode': 'Yes' } : PASSED_OVER),
  // Holds for resync, upgrade and the registration of line 1 only. unverified: that a comma divides the names.
  'security.allowedDomains': (domains) => ({ Restricted_Access_Domains: domains.join(',') }),
  'security.serverTrust': (trust, ctx) => {
    if (trust === 'off')
      return cannot('SPA provisioning guide, "HTTPS": the phone always checks the server’s certificate');
    // Our CA comes with the bootstrap, which knows its URL.
    return trust === 'check' || dialectOf(ctx.model).customCa !== undefined
      ? {}
      : cannot(`SPA provisioning guide, "HTTPS": ${ctx.model.id} trusts the maker’s CA only and takes no other`);
  },
};
