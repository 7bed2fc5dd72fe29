import { z } from 'zod';
import { transport } from '../../domain/settings/line.ts';

export const shownExtension = z
  .object({
    number: z.string(),
    displayName: z.string(),
    user: z.string(),
    authUser: z.string().optional(),
    password: z.literal('***'),
    serverHost: z.string(),
    serverPort: z.int().optional(),
    transport: transport.optional(),
    shared: z.boolean(),
    /** The phones that have it. */
    phones: z.array(z.string()).optional(),
  })
  .meta({ id: 'Extension' });

export const extensionQuery = z.object({
  /** Only those that no phone has (S4.75). */
  unassigned: z.enum(['true', 'false']).optional(),
});
