import { defineVendor, vendorId } from '../kit/driver.ts';
import { boot, dhcp } from './boot.ts';
import { bootstrap, IDENTITY, licenceParams } from './bootstrap.ts';
import { codec } from './codec.ts';
import { instructions } from './instructions.ts';
import { defaultKeys, keys, slots } from './keys.ts';
import { mapping } from './mapping.ts';
import { fallbackModel, knowsFirmware, models } from './models.ts';
import { ouis, recognise } from './recognise.ts';
import { files, requests } from './requests.ts';
import { CHECK_SYNC, resync } from './resync.ts';
import { trust } from './trust.ts';

/** Where the phone fetches from must not be emptied (it would be lost where DHCP says nothing), and `.set` is no value. */
const KEEPS = /^device\.(?:set|prov\.serverName|prov\.serverType)$|\.set$/;

/** device.* stays in flash until written again; any other parameter is back to its default once it is in no file. */
const cleared = (name: string): string | undefined =>
  name.startsWith('device.') && !KEEPS.test(name) ? '' : undefined;

/** Polycom and Poly phones with UC Software, and the SIP 2.x/3.x that came before it. */
export const polycom = defineVendor({
  id: vendorId('polycom'),
  name: 'Polycom',
  models,
  fallbackModel,
  ouis,
  recognise,
  requests,
  files,
  mapping,
  keys,
  slots,
  cleared,
  userAccess: { unsupported: 'UCS parameters carry no right of the User account' },
  always: (ctx) => ({
    ...IDENTITY,
    ...licenceParams(ctx),
    ...CHECK_SYNC,
    // The directory is ours: the phone does not change it, and reads it again when it polls, as all other files.
    'dir.local.readonly': '1',
    ...defaultKeys(ctx),
  }),
  codec,
  bootstrap,
  provisioningUrl: (directory) => directory,
  knowsFirmware,
  boot,
  resync,
  dhcp,
  trust,
  instructions,
});
