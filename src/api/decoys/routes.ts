import { z } from 'zod';
import { allDecoys } from '../../app/guard/load-guard.ts';
import { plantDecoy } from '../../app/guard/plant-decoy.ts';
import { removeDecoy } from '../../app/guard/remove-decoy.ts';
import { macField } from '../../app/documents/fields.ts';
import { issue } from '../../app/documents/issue.ts';
import type { Decoy } from '../../domain/trust/decoy.ts';
import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { conflict, invalid, Problem } from '../problems.ts';

const TAG = 'decoys';

const decoyBody = z.strictObject({
  /** Left out, a URL token is drawn and shown this once. */
  mac: macField.optional(),
  note: z.string().max(200).optional(),
});

export const shownDecoy = z
  .object({
    id: z.string(),
    kind: z.enum(['mac', 'token']),
    mac: z.string().optional(),
    note: z.string().optional(),
    by: z.string(),
    at: z.string(),
  })
  .meta({ id: 'Decoy' });

export const plantedDecoy = shownDecoy.extend({
  token: z.string().optional(),
  /** Paths below which the token looks like a phone's or a tenant's, at every door. */
  paths: z.array(z.string()).optional(),
});

/** Never the key: of a token it is the hash. */
const showDecoy = (decoy: Decoy): z.output<typeof shownDecoy> => shownDecoy.parse(decoy);

function offerPlant(app: Api, deps: ApiDeps): void {
  app.post(
    '/decoys',
    {
      schema: {
        tags: [TAG],
        summary: 'Plant a MAC, or a URL token, that nobody owns; whoever asks for it is banned',
        body: decoyBody,
        response: { 201: plantedDecoy },
      },
    },
    async (request, reply) => {
      const { mac, note } = request.body;
      const wish = { ...(mac === undefined ? {} : { mac }), ...(note === undefined ? {} : { note }) };
      const planted = await plantDecoy(deps.guard)(actorOf(request), wish);
      if (!planted.ok)
        throw planted.error.kind === 'conflict'
          ? conflict(planted.error.error)
          : invalid([issue(['mac'], 'is the MAC of a phone, and cannot be a decoy', mac)]);
      const { decoy, token } = planted.value;
      void reply.header('cache-control', 'no-store').code(201);
      return token === undefined
        ? showDecoy(decoy)
        : { ...showDecoy(decoy), token, paths: [`/p/${token}/`, `/t/${token}/`] };
    },
  );
}

/** MACs and tokens that nobody owns, planted to find out who looks for those of others. */
export function decoyRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/decoys',
    {
      schema: { tags: [TAG], summary: 'The decoys', response: { 200: z.object({ items: z.array(shownDecoy) }) } },
    },
    async () => ({ items: (await allDecoys(deps)).map(showDecoy) }),
  );
  offerPlant(app, deps);
  app.delete(
    '/decoys/:decoy',
    {
      schema: {
        tags: [TAG],
        summary: 'Take a decoy away, by its id or MAC',
        params: z.object({ decoy: z.string().max(100) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const mac = macField.safeParse(request.params.decoy);
      const removed = await removeDecoy(deps.guard)(actorOf(request), mac.success ? mac.data : request.params.decoy);
      if (!removed) throw new Problem('not-found');
      return reply.code(204).send(null);
    },
  );
}
