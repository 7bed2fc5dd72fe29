import { z } from 'zod';

export const shownPerson = z
  .object({
    name: z.string(),
    displayName: z.string(),
    email: z.string().optional(),
    groups: z.array(z.string()),
    profile: z.string().optional(),
  })
  .meta({ id: 'Person' });
