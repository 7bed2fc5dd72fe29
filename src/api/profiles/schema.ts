import { z } from 'zod';
import { keyLayout } from '../../domain/key.ts';
import { shownSettings } from '../shown.ts';

export const shownProfile = z
  .object({ name: z.string(), title: z.string(), settings: shownSettings, keys: keyLayout })
  .meta({ id: 'Profile' });
