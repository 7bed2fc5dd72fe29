import type { X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import type { Log } from '../../app/ports.ts';
import type { ServeFile } from '../../app/serve/outcome.ts';
import { given } from '../../domain/fields.ts';
import type { ClientCertificate } from '../../domain/recognise/clue.ts';
import type { Door } from '../door.ts';
import { answerRequests, HTTP_LIMITS, openDoor, peersOf, type HttpDoorOptions } from '../http/listener.ts';
import { certificateReader, type ReadCertificate } from './client-certificate.ts';
import { contextsByHost, ownContextOptions, type TlsMaterial } from './material.ts';

export interface HttpsDoorOptions extends HttpDoorOptions {
  readonly material: TlsMaterial;
  readonly handshakeMilliseconds?: number;
  /** A CA certificate that a phone has sent and that counts; once each. */
  readonly onIntermediate?: (certificate: X509Certificate) => void;
}

/** A door whose certificates and CAs can be exchanged while it is open. Connections that are open keep what they have. */
export interface HttpsDoor extends Door {
  reload(material: TlsMaterial): void;
}

/** Whoever opens a handshake and leaves it is gone within ten seconds, also where the machine is busy (T7). */
export const HANDSHAKE_MILLISECONDS = 8_000;

/** What the listener uses just now; made as a whole, so that a reload that fails changes nothing. */
interface InUse {
  readonly byHost: ReadonlyMap<string, SecureContext>;
  readonly read: ReadCertificate;
}

const use = (material: TlsMaterial, options: HttpsDoorOptions): InUse => ({
  byHost: contextsByHost(material),
  read: certificateReader({
    authorities: material.authorities,
    intermediates: material.intermediates,
    ...given({ onIntermediate: options.onIntermediate }),
    allowsWeak: material.legacyTls,
    clock: options.clock,
  }),
});

/** Judges a connection's certificate once, at its first request. */
function certificatesOfSockets(read: ReadCertificate): (socket: Socket) => ClientCertificate | undefined {
  const known = new WeakMap<Socket, ClientCertificate>();
  return (socket) => {
    const before = known.get(socket);
    if (before !== undefined || !(socket instanceof TLSSocket)) return before;
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return undefined;
    // Typed as an Error; Node puts OpenSSL's code there, as text.
    const authorizationError = String(socket.authorizationError);
    const found = read({ certificate, authorizationError });
    known.set(socket, found);
    return found;
  };
}

/** Opens an HTTPS door for phones. Asks for a client certificate and goes on without: what it is worth is decided further in. */
export async function startHttpsDoor(options: HttpsDoorOptions, serveFile: ServeFile, log: Log): Promise<HttpsDoor> {
  let inUse = use(options.material, options);
  const server = createServer({
    ...HTTP_LIMITS,
    ...options.limits,
    ...ownContextOptions(options.material),
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: options.handshakeMilliseconds ?? HANDSHAKE_MILLISECONDS,
    SNICallback: (host, callback) => {
      callback(null, inUse.byHost.get(host.toLowerCase()));
    },
  });
  const certificateOf = certificatesOfSockets((peer) => inUse.read(peer));
  const peerOf = peersOf(server, options, log);
  const door = await openDoor(server, options, answerRequests(options, serveFile, log, { peerOf, certificateOf }));
  return {
    ...door,
    reload: (material) => {
      const next = use(material, options);
      server.setSecureContext(ownContextOptions(material));
      inUse = next;
    },
  };
}
