import type { BootstrapContext, Params } from '../kit/driver.ts';
import { MAC_MACRO, SETTINGS_SUFFIX } from './codec.ts';
import { isUcs } from './dialect.ts';
import { traitsOf } from './models.ts';
import { device, flag } from './params.ts';
import { serverParams } from './server.ts';

/** Parameters of a person's first steps that would hold up a factory phone. Public template for VVX and Edge E. */
export const licenceParams = (phone: Pick<BootstrapContext, 'model' | 'firmware'>): Params =>
  isUcs(phone) && traitsOf(phone.model).asksForLicence ? device({ eulaAccepted: '1' }) : {};

/** With the MAC in the User-Agent every later request tells whose it is. */
export const IDENTITY: Params = { 'device.set': '1', ...device({ 'prov.tagSerialNo': '1' }) };

/**
 * Our CA goes into the phone's flash; the phone then checks against it. The check itself cannot be switched off: for `off`
 * the name is no longer compared, and our CA is installed too, because without it the phone could not come to us at all.
 */
function trustParams({ trust, caPem }: BootstrapContext): Params {
  const ca = caPem === '' ? {} : device({ 'sec.TLS.customCaCert1': caPem });
  if (trust === 'check') return {};
  return { ...ca, ...device({ 'sec.TLS.prov.strictCertCommonNameValidation': flag(trust !== 'off') }) };
}

/**
 * Level 0: the master names the settings file with a macro, so that its bytes are the same for every phone; the settings
 * send the phone to the secure port. Speed dials are nobody's here.
 */
export function bootstrap(ctx: BootstrapContext): Params | undefined {
  if (ctx.part === 'master') return { CONFIG_FILES: `${MAC_MACRO}${SETTINGS_SUFFIX}` };
  if (ctx.part !== 'settings') return undefined;
  return {
    ...IDENTITY,
    ...licenceParams(ctx),
    ...trustParams(ctx),
    ...serverParams(ctx.secureUrl, ctx),
    // Should the change of device.* not make the phone restart, it comes back by itself.
    'prov.polling.enabled': '1',
    'prov.polling.mode': 'rel',
    'prov.polling.period': '3601',
  };
}
