import type { IncomingMessage } from 'node:http';
import type { Api } from './api.ts';

/** Until here the request of somebody unknown has come as a whole, or its connection ends (C4). */
const MILLISECONDS = 20_000;

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

/**
 * A stranger's body is a login, which is short; whoever is known may send large files over slow lines. The rest of a body that
 * was refused counts as well: it is read and thrown away, so that the sender gets to see his answer.
 */
export function hurryStrangers(app: Api): void {
  const timers = new WeakMap<IncomingMessage, NodeJS.Timeout>();
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    if (hasBody(raw)) {
      const timer = setTimeout(() => {
        if (!raw.complete) raw.socket.destroy();
      }, MILLISECONDS).unref();
      timers.set(raw, timer);
      raw.once('end', () => {
        clearTimeout(timer);
      });
    }
    done();
  });
  app.addHook('preParsing', ({ actor, raw }, _reply, payload, done) => {
    if (actor !== undefined) clearTimeout(timers.get(raw));
    done(null, payload);
  });
}
