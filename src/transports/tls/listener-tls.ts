import type { X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Log } from '../../app/ports.ts';
import type { ServeFile } from '../../app/serve/outcome.ts';
import { given } from '../../domain/fields.ts';
import type { ClientCertificate } from '../../domain/recognise/clue.ts';
import type { Door } from '../door.ts';
import { answerRequests, HTTP_LIMITS, openDoor, peersOf, type HttpDoorOptions } from '../http/listener.ts';
import { certificateReader, type ReadCertificate } from './client-certificate.ts';
import { exchangeable } from './exchangeable.ts';
import type { TlsMaterial } from './material.ts';

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

const readerOf = (material: TlsMaterial, options: HttpsDoorOptions): ReadCertificate =>
  certificateReader({
    authorities: material.authorities,
    intermediates: material.intermediates,
    ...given({ onIntermediate: options.onIntermediate }),
    allowsWeak: material.legacyTls,
    clock: options.clock,
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
  let read = readerOf(options.material, options);
  const shown = exchangeable(options.material);
  const server = createServer({
    ...HTTP_LIMITS,
    ...options.limits,
    ...shown.options,
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: options.handshakeMilliseconds ?? HANDSHAKE_MILLISECONDS,
  });
  const certificateOf = certificatesOfSockets((peer) => read(peer));
  const peerOf = peersOf(server, options, log);
  const door = await openDoor(server, options, answerRequests(options, serveFile, log, { peerOf, certificateOf }));
  return {
    ...door,
    reload: (material) => {
      const next = readerOf(material, options);
      shown.exchange(server, material);
      read = next;
    },
  };
}
