import { z } from 'zod';

export const shownGroup = z
  .object({
    name: z.string(),
    title: z.string(),
    parent: z.string().optional(),
    profile: z.string().optional(),
    forProvisioning: z.boolean(),
  })
  .meta({ id: 'Group' });
