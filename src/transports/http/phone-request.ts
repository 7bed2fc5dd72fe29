import type { IncomingMessage } from 'node:http';
import type { PhoneRequest } from '../../app/serve/outcome.ts';
import type { ClientCertificate } from '../../domain/recognise/clue.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { DoorOptions } from '../door.ts';
import { hostOfTarget, parseHost, parseTarget } from './target.ts';

/** Why a request is not worth asking about. */
export type BadRequest = { readonly kind: 'bad_request' | 'bad_method'; readonly reason: string };

export interface RequestInput {
  readonly options: DoorOptions;
  readonly secure: boolean;
  readonly address: string;
  readonly certificate: ClientCertificate | undefined;
  readonly body: Uint8Array | undefined;
}

type Method = PhoneRequest['method'];
const METHODS: ReadonlySet<string> = new Set<Method>(['GET', 'HEAD', 'PUT', 'POST']);
const isMethod = (method: string | undefined): method is Method => method !== undefined && METHODS.has(method);

/** Node keeps the first of two Hosts or Authorizations and says nothing; RFC 9112 §3.2 wants 400, and two credentials are a trick (A5). */
function standsTwice(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  let authorizations = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
    else if (name.length === 13 && name.toLowerCase() === 'authorization') authorizations += 1;
  }
  return hosts > 1 || authorizations > 1;
}

function hostOf(message: IncomingMessage, ownName: string): string | undefined {
  const text = hostOfTarget(message.url ?? '') ?? message.headers.host;
  // HTTP/1.0 phones name none.
  return text === undefined || text === '' ? ownName : parseHost(text);
}

/** One HTTP request as a plain `PhoneRequest`. */
export function toPhoneRequest(message: IncomingMessage, input: RequestInput): Result<PhoneRequest, BadRequest> {
  const { method, url: target = '', headers } = message;
  if (!isMethod(method)) return err({ kind: 'bad_method', reason: 'method' });
  if (standsTwice(message.rawHeaders)) return err({ kind: 'bad_request', reason: 'header_twice' });
  const host = hostOf(message, input.options.ownName);
  if (host === undefined) return err({ kind: 'bad_request', reason: 'host' });
  const path = parseTarget(target, input.options.aliases);
  if (!path.ok) return err({ kind: 'bad_request', reason: path.error.reason });
  return ok({
    door: input.options.door,
    secure: input.secure,
    address: input.address,
    method,
    prefix: path.value.prefix,
    file: path.value.file,
    target,
    host,
    requestId: input.options.newId(),
    at: input.options.clock.now(),
    userAgent: headers['user-agent'],
    authorization: headers.authorization,
    certificate: input.certificate,
    ifNoneMatch: headers['if-none-match'],
    range: headers.range,
    body: input.body,
  });
}
