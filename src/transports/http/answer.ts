import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { Log } from '../../app/ports.ts';
import type { Outcome } from '../../app/serve/outcome.ts';
import { readRange } from './range.ts';

type Headers = string[];
type StoredFile = Extract<Outcome, { kind: 'stored_file' }>;

/** Fixed texts: no refusal says more than its status (P8), and the one refusal has the same bytes always. */
const TEXTS = {
  200: 'OK\n',
  400: 'Bad request\n',
  401: 'Unauthorized\n',
  404: 'Not found\n',
  405: 'Method not allowed\n',
  408: 'Request timeout\n',
  413: 'Too large\n',
  416: 'Range not satisfiable\n',
  429: 'Too many requests\n',
  431: 'Headers too large\n',
  503: 'Try again later\n',
} as const;
export type TextStatus = keyof typeof TEXTS;

// Configurations hold secrets: no cache in between may keep them, and the phone asks again with its ETag.
const CACHE_CONTROL = 'private, no-cache';

const quoted = (etag: string): string => (etag.startsWith('"') || etag.startsWith('W/"') ? etag : `"${etag}"`);

/** Body of an answer without content of its own, as it goes out on the wire; for sockets that never became a request. */
export const rawAnswer = (status: 400 | 408 | 413 | 431): string => {
  const text = TEXTS[status];
  return `HTTP/1.1 ${String(status)} ${text.trimEnd()}\r\nContent-Type: text/plain\r\nContent-Length: ${String(text.length)}\r\nConnection: close\r\n\r\n${text}`;
};

/** Answers with a status and its fixed text. Returns the bytes of the body. */
export function answerText(response: ServerResponse, status: TextStatus, extra: Headers = []): number {
  const text = TEXTS[status];
  response.writeHead(status, ['Content-Type', 'text/plain', 'Content-Length', String(text.length), ...extra]);
  response.end(text);
  return text.length;
}

/** Headers of content. Written as one flat list, which Node sends without looking at each. */
const contentHeaders = (contentType: string, etag: string, length: number): Headers => [
  'Content-Type',
  contentType,
  'Content-Length',
  String(length),
  'ETag',
  quoted(etag),
  'Cache-Control',
  CACHE_CONTROL,
];

// What somebody has uploaded is never what a browser may think it is (P7).
const STORED_HEADERS: Headers = ['Accept-Ranges', 'bytes', 'X-Content-Type-Options', 'nosniff'];

/** A peer that takes nothing of its answer for so long is gone. */
const IDLE_MILLISECONDS = 30_000;

/** What is known of an answer's body while it is on its way. */
interface Sending {
  /** Bytes that the whole body has, or those that a broken-off one got. */
  bytes(): number;
}

const fixed = (bytes: number): Sending => ({ bytes: () => bytes });

/** RFC 9110 §13.1.5: a range of another version than the one the phone has begun with is no use to it. */
function rangeAsked(request: IncomingMessage, file: StoredFile): string | undefined {
  const ifRange = request.headers['if-range'];
  return ifRange === undefined || ifRange === quoted(file.etag) ? request.headers.range : undefined;
}

function sendStoredFile(request: IncomingMessage, response: ServerResponse, file: StoredFile, log: Log): Sending {
  const range = readRange(rangeAsked(request, file), file.size);
  if (range === 'unsatisfiable') {
    return fixed(answerText(response, 416, ['Content-Range', `bytes */${String(file.size)}`]));
  }
  const part = range === 'whole' ? undefined : range;
  const length = part === undefined ? file.size : part.last - part.first + 1;
  const headers = [...contentHeaders(file.contentType, file.etag, length), ...STORED_HEADERS];
  if (part !== undefined)
    headers.push('Content-Range', `bytes ${String(part.first)}-${String(part.last)}/${String(file.size)}`);
  response.writeHead(part === undefined ? 200 : 206, headers);
  if (request.method === 'HEAD') {
    response.end();
    return fixed(0);
  }
  let bytes = 0;
  const stream = file.open(part);
  stream.on('data', (chunk: Uint8Array) => (bytes += chunk.length));
  pipeline(stream, response, (failure) => {
    // The peer's leaving is no failure of ours; a file that cannot be read is.
    if (failure && failure.code !== 'ERR_STREAM_PREMATURE_CLOSE') log.error('http_read_failed', { failure });
  });
  return { bytes: () => bytes };
}

function sendOutcome(request: IncomingMessage, response: ServerResponse, outcome: Outcome, log: Log): Sending {
  switch (outcome.kind) {
    case 'file':
      response.writeHead(200, contentHeaders(outcome.contentType, outcome.etag, outcome.bytes.length));
      response.end(outcome.bytes);
      return fixed(request.method === 'HEAD' ? 0 : outcome.bytes.length);
    case 'stored_file':
      return sendStoredFile(request, response, outcome, log);
    case 'not_modified':
      response.writeHead(304, ['ETag', quoted(outcome.etag), 'Cache-Control', CACHE_CONTROL]);
      response.end();
      return fixed(0);
    case 'challenge': {
      const challenges = outcome.challenges.flatMap((challenge) => ['WWW-Authenticate', challenge]);
      return fixed(answerText(response, 401, challenges));
    }
    case 'accepted':
      return fixed(answerText(response, 200));
    case 'not_found':
      return fixed(answerText(response, 404));
    case 'bad_request':
      return fixed(answerText(response, 400));
    case 'too_large':
      return fixed(answerText(response, 413));
    case 'throttled':
      return fixed(answerText(response, 429, ['Retry-After', String(outcome.retryAfterSeconds)]));
    case 'unavailable':
      return fixed(answerText(response, 503, ['Retry-After', String(outcome.retryAfterSeconds)]));
  }
}

/**
 * Outcome → status, headers, body. Tells the outcome once how the transfer ended: complete when all of it was handed to the
 * network before the connection closed.
 */
export function answer(
  request: IncomingMessage,
  response: ServerResponse,
  outcome: Outcome,
  startedAt: number,
  log: Log,
): void {
  const report = (completed: boolean, bytes: number): void => {
    outcome.onTransfer({ completed, bytes, milliseconds: performance.now() - startedAt });
  };
  if (response.destroyed || response.socket?.destroyed === true) {
    report(false, 0);
    return;
  }
  const sending = sendOutcome(request, response, outcome, log);
  // Nearly every answer is with the kernel by now. Only one that is not can wait for a peer that takes nothing of it.
  if (!response.writableEnded || response.writableLength > 0) response.setTimeout(IDLE_MILLISECONDS);
  response.once('close', () => {
    report(response.writableFinished, sending.bytes());
  });
}
