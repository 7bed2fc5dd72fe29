import { z } from 'zod';
import { banByHand } from '../../app/guard/ban-by-hand.ts';
import type { KnownBan } from '../../app/guard/guard.ts';
import { liftBan } from '../../app/guard/lift-ban.ts';
import { listBans } from '../../app/guard/list-bans.ts';
import { whyBanned, type AddressStanding } from '../../app/guard/why-banned.ts';
import { issue } from '../../app/documents/issue.ts';
import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid, Problem } from '../problems.ts';
import { banBody, shownBan, shownBans, shownStanding, sourceField } from './schema.ts';

const TAG = 'bans';

const showBan = ({ ban, turnedAway }: KnownBan): z.output<typeof shownBan> =>
  shownBan.parse({ ...ban, hits: turnedAway });

const showStanding = (address: string, { kind, ...rest }: AddressStanding): z.output<typeof shownStanding> =>
  shownStanding.parse({ address, standing: kind, ...rest });

function offerChecks(app: Api, deps: ApiDeps): void {
  const standingOf = whyBanned(deps.guard);
  app.get(
    '/bans/check',
    {
      schema: {
        tags: [TAG],
        summary: 'Is this address banned, and why',
        querystring: z.object({ address: sourceField }),
        response: { 200: shownStanding },
      },
    },
    (request) => Promise.resolve(showStanding(request.query.address, standingOf(request.query.address))),
  );
  app.get(
    '/bans/mine',
    {
      // Open: an installer behind a ban has no login. He learns nothing but about the address that he asks from.
      schema: { tags: [TAG], summary: 'Is my own address banned, and why', response: { 200: shownStanding } },
    },
    (request) => {
      const address = sourceField.safeParse(request.ip);
      if (!address.success) throw new Problem('not-found');
      return Promise.resolve(showStanding(address.data, standingOf(address.data)));
    },
  );
}

/** Who is banned, by whom and why; to ban and to let in again. For the operator, but for the question about one address. */
export function banRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/bans',
    {
      schema: { tags: [TAG], summary: 'Addresses that are banned now', response: { 200: shownBans } },
    },
    () => Promise.resolve({ items: listBans(deps.guard)().map(showBan) }),
  );
  app.post(
    '/bans',
    {
      schema: { tags: [TAG], summary: 'Ban an address', body: banBody, response: { 201: shownBan } },
    },
    async (request, reply) => {
      const { address, minutes, note } = request.body;
      const wish = { address, minutes, ...(note === undefined ? {} : { note }) };
      const made = await banByHand(deps.guard)(actorOf(request), wish);
      if (!made.ok)
        throw invalid([issue(['address'], 'lies in a network that is never banned (guard.never)', address)]);
      void reply.code(201);
      return showBan({ ban: made.value, turnedAway: 0 });
    },
  );
  app.delete(
    '/bans/:address',
    {
      schema: {
        tags: [TAG],
        summary: 'Let an address in again',
        params: z.object({ address: sourceField }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const lifted = await liftBan(deps.guard)(actorOf(request), request.params.address);
      if (lifted === undefined) throw new Problem('not-found');
      return reply.code(204).send(null);
    },
  );
  offerChecks(app, deps);
}
