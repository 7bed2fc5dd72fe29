import type { FastifyRequest } from 'fastify';
import type { Versioned } from '../app/ports.ts';

type Kept = Versioned<{ readonly id: string }>;

/** The version alone would be the same again for an object that was removed and made anew. An id begins with the time. */
export const etagOf = (object: Kept): string => `"${object.id.slice(-8)}-${object.version}"`;

const listed = (header: string): readonly string[] => header.split(',').map((tag) => tag.trim());

/** What the writer expects to find, by RFC 9110 §13.1: `If-Match` the state he has read, `If-None-Match: *` nothing. */
export function expectationOf(request: FastifyRequest): (before: Kept | undefined) => boolean {
  const match = request.headers['if-match'];
  const noneMatch = request.headers['if-none-match'];
  return (before) => {
    if (noneMatch?.trim() === '*' && before !== undefined) return false;
    if (match === undefined) return true;
    if (before === undefined) return false;
    return match.trim() === '*' || listed(match).includes(etagOf(before));
  };
}

/** Whether the reader has this state already (RFC 9110 §13.1.2). */
export const isNotModified = (request: FastifyRequest, object: Kept): boolean =>
  listed(request.headers['if-none-match'] ?? '').includes(etagOf(object));
