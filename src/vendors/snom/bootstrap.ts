import type { BootstrapContext, Params } from '../kit/driver.ts';
import { serverTrust } from './mapping/security.ts';
import { OWNED, phoneFile } from './mapping/provisioning.ts';
import { dialectOf } from './models.ts';

/** The CA twice: newer firmware takes it from the file at once, older fetches it after all files are read. */
const ownCa = (ctx: BootstrapContext): Params => ({
  'certificate.base64': ctx.caPem.replace(/-----[A-Z ]+-----|\s/g, ''),
  'certificate.url': ctx.caUrl,
});

function trusting(ctx: BootstrapContext): Params {
  // The check is not switched on here: 8.x has it off, and with a CA that is still to be fetched the phone would lock itself
  // out. The full configuration switches it on.
  if (ctx.trust === 'install_ca') return ownCa(ctx);
  return ctx.trust === 'off' ? serverTrust('off') : {};
}

/** M-series bases share the request pattern and know pnp_config; how they check certificates no source says. */
const dectBootstrap = (ctx: BootstrapContext): Params => ({
  setting_server: phoneFile(ctx.secureUrl),
  pnp_config: 'off',
});

/**
 * What a factory phone gets: where to go, and to come back. What PnP or DHCP told it is not kept, so the address must be
 * written. Polling stands there in both spellings, for 8.x and 10.1. Snom wiki, "Auto Provisioning".
 */
export function bootstrap(ctx: BootstrapContext): Params {
  if (dialectOf(ctx.model) === 'dect') return dectBootstrap(ctx);
  return {
    setting_server: phoneFile(ctx.secureUrl),
    ...OWNED,
    prov_polling_enabled: 'on',
    prov_polling_mode: 'rel',
    prov_polling_period: '86400',
    settings_refresh_timer: '86400',
    update_policy: 'auto_update',
    ...trusting(ctx),
  };
}
