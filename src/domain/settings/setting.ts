import type { ZodType, z } from 'zod';
import { Secret } from '../secret.ts';

export const SETTING_GROUPS = [
  'line',
  'network',
  'time',
  'ui',
  'security',
  'provisioning',
  'services',
  'logging',
  'features',
] as const;
export type SettingGroup = (typeof SETTING_GROUPS)[number];

/**
 * One neutral thing to configure. Everything that knows settings (forms, API schema, docs, storage, layers) reads this
 * record, so a new setting is one new entry in its group's file.
 */
export interface Setting<Schema extends ZodType = ZodType> {
  readonly schema: Schema;
  readonly title: string;
  readonly help: string;
  /** Settings of one group that are edited together, apart from the others: what steers resync, what steers upgrade. */
  readonly section?: 'resync' | 'upgrade';
  readonly example: z.output<Schema>;
  /** `line` settings may be set in any layer and hold for every line there; `phone` settings exist once. */
  readonly scope: 'phone' | 'line';
  /** Its value is never shown below the proof that earns it. */
  readonly secret?: true;
  /** May be set on one line of one phone only (S4.64). */
  readonly lineOnly?: true;
  /** What the built-in layer gives every phone; absent means the phone's own default holds. */
  readonly builtIn?: z.output<Schema>;
}

/** Declares a setting; only fixes the types of its example and default to those of its schema. */
export const setting = <Schema extends ZodType>(declared: Setting<Schema>): Setting<Schema> => declared;

/** A secret value: plain text on its way in, a `Secret` from then on. */
export const secretText = (text: ZodType<string>) => text.transform((value) => new Secret(value));
