import { firmwarePart } from '../../domain/firmware-version.ts';
import { defineVendor, type MapContext, type Params } from '../kit/driver.ts';
import { boot, dhcp, resync } from './boot.ts';
import { bootstrap } from './bootstrap.ts';
import { cleared } from './cleared.ts';
import { codec } from './codec.ts';
import { instructions } from './instructions.ts';
import { keys, slots } from './keys.ts';
import { mapping } from './mapping.ts';
import { phoneFile } from './mapping/provisioning.ts';
import { dialectOf, fallbackModel, models, type Dialect } from './models.ts';
import { OUIS, recognise, VENDOR } from './recognise.ts';
import { requests } from './requests.ts';
import { trust } from './trust.ts';

/** Generations whose rules are written down; 6 and before read text files, not XML. */
const KNOWN_MAJOR: Readonly<Record<Dialect, readonly number[]>> = { desk: [7, 8, 10], dect: [5, 7], other: [8] };

// At the top of the file, or it comes too late: a VLAN is taken over by a restart only, which the phone then makes by itself.
const always = (ctx: MapContext): Params =>
  dialectOf(ctx.model) === 'desk' ? { auto_reboot_on_setting_change: 'on' } : {};

/** Snom: desk phones from the 300 to the D8xx, and the M-series DECT bases as far as they are known. */
export const snom = defineVendor({
  id: VENDOR,
  name: 'Snom',
  models,
  fallbackModel,
  ouis: OUIS,
  recognise,
  requests,
  files: ({ mac }) => [{ name: `${(mac ?? '').toUpperCase()}.xml`, part: 'settings' }],
  mapping,
  keys,
  slots,
  cleared,
  userAccess: 'per_parameter_with_value',
  always,
  codec,
  bootstrap,
  provisioningUrl: phoneFile,
  knowsFirmware: (version, model) => KNOWN_MAJOR[dialectOf(model)].includes(firmwarePart(version, 0) ?? 0),
  boot,
  resync,
  dhcp,
  trust,
  instructions,
});
