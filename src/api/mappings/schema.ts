import { z } from 'zod';

export const shownMapping = z
  .object({ from: z.string(), to: z.string(), note: z.string().optional() })
  .meta({ id: 'Mapping' });
