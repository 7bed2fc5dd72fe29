import type { PnpAnswer } from '../../domain/recognise/pnp.ts';
import { vendorOf } from '../../vendors/index.ts';
import { modelNamed } from '../../vendors/kit/driver.ts';
import type { Store } from '../ports.ts';
import type { ServerAddresses } from '../serve/server-addresses.ts';

export interface PnpPorts {
  readonly store: Pick<Store, 'directory' | 'tenant'>;
  readonly addresses: () => ServerAddresses;
}

/**
 * A phone of ours is told the bootstrap door, in the form that its maker takes. Whoever asks could be anybody who knows a MAC, so
 * the URL holds no token: at that door it opens nothing.
 */
export const answerPnp =
  ({ store, addresses }: PnpPorts): PnpAnswer =>
  async ({ mac }) => {
    const { bootstrapDirectory } = addresses();
    const ref = await store.directory.byMac(mac);
    const phone = ref === undefined ? undefined : await store.tenant(ref.tenant).phones.byId(ref.phone);
    const driver = phone === undefined ? undefined : vendorOf(phone.vendor);
    if (phone === undefined || driver === undefined || phone.blocked || bootstrapDirectory === undefined)
      return undefined;
    return driver.provisioningUrl(bootstrapDirectory, modelNamed(driver, phone.model));
  };
