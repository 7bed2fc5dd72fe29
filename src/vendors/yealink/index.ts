import { defineVendor, vendorId } from '../kit/driver.ts';
import { always } from './always.ts';
import { boot, dhcp } from './boot.ts';
import { bootstrap } from './bootstrap.ts';
import { cleared } from './cleared.ts';
import { codec } from './codec.ts';
import { knowsGeneration } from './generation.ts';
import { instructions } from './instructions.ts';
import { keys, slots } from './keys.ts';
import { mapping } from './mapping.ts';
import { fallbackModel, models } from './models.ts';
import { ouis } from './ouis.ts';
import { recognise } from './recognise.ts';
import { files, requests } from './requests.ts';
import { resync } from './resync.ts';
import { trust } from './trust.ts';

/** Yealink: desk, conference and video phones, DECT bases and Wi-Fi handsets, firmware V70 to V87. */
export const yealink = defineVendor({
  id: vendorId('yealink'),
  name: 'Yealink',
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
  userAccess: {
    unsupported:
      'Yealink administrator guide, "User Access Level": rights stand in a web item level file of their own, not beside a parameter',
  },
  always,
  codec,
  bootstrap,
  provisioningUrl: (directory) => directory,
  knowsFirmware: knowsGeneration,
  boot,
  resync,
  dhcp,
  trust,
  instructions,
});
