import type { Mapping } from '../kit/driver.ts';
import { features } from './mapping/features.ts';
import { line } from './mapping/line.ts';
import { logging } from './mapping/logging.ts';
import { network } from './mapping/network.ts';
import { provisioning } from './mapping/provisioning.ts';
import { security } from './mapping/security.ts';
import { services } from './mapping/services.ts';
import { time } from './mapping/time.ts';
import { ui } from './mapping/ui.ts';

/** Every neutral setting, by group. */
export const mapping: Mapping = {
  ...line,
  ...network,
  ...time,
  ...ui,
  ...security,
  ...provisioning,
  ...services,
  ...logging,
  ...features,
};
