import type { z } from 'zod';
import { featuresSettings } from './features.ts';
import { lineSettings } from './line.ts';
import { loggingSettings } from './logging.ts';
import { networkSettings } from './network.ts';
import { provisioningSettings } from './provisioning.ts';
import { securitySettings } from './security.ts';
import { servicesSettings } from './services.ts';
import { SETTING_GROUPS, type Setting, type SettingGroup } from './setting.ts';
import { timeSettings } from './time.ts';
import { uiSettings } from './ui.ts';

/** Every neutral setting there is. A setting exists by standing in its group's file; nothing else lists them. */
export const SETTINGS = {
  ...lineSettings,
  ...networkSettings,
  ...timeSettings,
  ...uiSettings,
  ...securitySettings,
  ...provisioningSettings,
  ...servicesSettings,
  ...loggingSettings,
  ...featuresSettings,
} as const;

export type SettingId = keyof typeof SETTINGS;

/** The value of a setting as the layers hold it; a secret one is a `Secret`. */
export type SettingValue<Id extends SettingId> = z.output<(typeof SETTINGS)[Id]['schema']>;

export const SETTING_IDS = Object.keys(SETTINGS) as readonly SettingId[];

export const isSettingId = (text: string): text is SettingId => Object.hasOwn(SETTINGS, text);

/** The record behind an id, with its exact types given up: for code that treats all settings alike. */
export const settingOf = (id: SettingId): Setting => SETTINGS[id];

/** Whether a setting exists once per phone or once per line. */
export type SettingScope = Setting['scope'];

const idsOf = (scope: SettingScope): readonly SettingId[] => SETTING_IDS.filter((id) => settingOf(id).scope === scope);

/** The ids of each scope, in the order of the registry. */
export const IDS_OF: Readonly<Record<SettingScope, readonly SettingId[]>> = {
  phone: idsOf('phone'),
  line: idsOf('line'),
};

/** The part of the id before the dot is its group. */
export const groupOf = (id: SettingId): SettingGroup =>
  SETTING_GROUPS.find((group) => id.startsWith(`${group}.`)) ?? 'features';
