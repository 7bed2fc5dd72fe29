import { z } from 'zod';

const MAX_PATH = 1000;

/** A path of ours to go to afterwards: no other host (`//host`, `/\host`), nothing that browsers drop before they look. */
const localPath = z
  .string()
  .max(MAX_PATH)
  .regex(/^\/(?![/\\])[^\\\u0000-\u0020\u007f]*$/, 'must be a path of this server, such as /phones');

export const beginQuery = z.strictObject({ next: localPath.default('/') });

/** What the provider sends back. It may send more than we know (RFC 6749 §4.1.2, RFC 9207, session management): that passes. */
export const callbackQuery = z.looseObject({
  state: z.string().min(1).max(200),
  code: z.string().max(4000).optional(),
  error: z.string().max(200).optional(),
});

export const shownMethods = z
  .object({
    methods: z.array(
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('password') }),
        z.object({
          kind: z.literal('oidc'),
          /** What the button says. */
          title: z.string(),
          /** Where the browser goes when it is pressed; `?next=` says where to afterwards. */
          path: z.string(),
        }),
      ]),
    ),
  })
  .meta({ id: 'SignInMethods' });
