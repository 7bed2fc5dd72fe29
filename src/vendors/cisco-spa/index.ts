import { firmwarePart } from '../../domain/firmware-version.ts';
import { defineVendor } from '../kit/driver.ts';
import { boot, dhcp } from './boot.ts';
import { always, bootstrap } from './bootstrap.ts';
import { cleared } from './cleared.ts';
import { codec } from './codec.ts';
import { instructions } from './instructions.ts';
import { keys, slots } from './keys.ts';
import { inDirectory } from './mapping/provisioning.ts';
import { mapping } from './mapping.ts';
import { dialectOf, fallbackModel, models } from './models.ts';
import { ouis } from './ouis.ts';
import { recognise, VENDOR } from './recognise.ts';
import { files, requests } from './requests.ts';
import { resync } from './resync.ts';
import { trust } from './trust.ts';

/** Sipura, Linksys and Cisco SPA: phones SPA9xx, SPA3xx, SPA5xx and ATAs, which all read one flat XML profile. */
export const ciscoSpa = defineVendor({
  id: VENDOR,
  name: 'Cisco SPA',
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
  userAccess: 'per_parameter',
  always,
  codec,
  bootstrap,
  provisioningUrl: inDirectory,
  knowsFirmware: (version, model) => dialectOf(model).firmware.includes(firmwarePart(version, 0) ?? -1),
  boot,
  resync,
  dhcp,
  trust,
  instructions,
});
