import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { journalQuery, shownJournal, showRecords } from './schema.ts';

/** Requests of phones and strangers. A tenant's administrator sees those of his own phones and prefix. */
export function journalRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/journal',
    {
      schema: {
        tags: ['journal'],
        summary: 'Requests of phones and strangers, newest first',
        querystring: journalQuery,
        response: { 200: shownJournal },
      },
    },
    async (request) => {
      const { tenant } = actorOf(request);
      const { before, limit, event } = request.query;
      const records = await deps.store.journal.list({
        limit,
        ...(tenant === undefined ? {} : { tenant }),
        ...(before === undefined ? {} : { before }),
        ...(event === undefined ? {} : { event }),
      });
      return showRecords(records, limit);
    },
  );
}
