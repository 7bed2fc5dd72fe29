import { z } from 'zod';

/** A host name (RFC 1123 §2.1) or an IPv4 or IPv6 address. Never a URL, never with a port. */
export const host = z
  .string()
  .max(253)
  .regex(
    /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62}))*\.?|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+)$/,
    'must be a host name or an IP address, without scheme or port',
  );
export const port = z.int().min(1).max(65535);
export const ipv4 = z.ipv4();
// RFC 5771 §3.
const MULTICAST = '(?:22[4-9]|23\\d)(?:\\.(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)){3}';
/** An IPv4 group address: paging to any other would ring one machine. */
export const multicastAddress = z
  .string()
  .regex(new RegExp(`^${MULTICAST}$`), 'must be a multicast address, 224.0.0.0 to 239.255.255.255');
export const multicastTarget = z
  .string()
  .regex(new RegExp(`^${MULTICAST}:\\d{1,5}$`), 'must be a multicast address and port, like 224.0.1.116:5001')
  .refine((target) => port.safeParse(Number(target.split(':')[1])).success, 'must have a port from 1 to 65535');

/**
 * Blanks, control characters, and what RFC 3986 §2 keeps out of a URL; `{` and `}` stay, for the makers' macros. A mark that a
 * phone's own rule grammar gives a meaning (`|` and quotes on SPA) could only be refused later, when the phone asks.
 */
const NEVER_IN_A_URL = '\\s\\x00-\\x1f\\x7f-\\x9f"<>\\\\^`|';

/**
 * WHATWG parsers forgive blanks, line breaks and a missing host (`http:///alias/`, `http:name/`); phones do not. Asked before
 * the parser, which takes line breaks and tabs out of the text without a word.
 */
const spelledOut = (schemes: string): RegExp => new RegExp(`^(?:${schemes})://(?![/?#])[^${NEVER_IN_A_URL}]+$`, 'i');
/** `<protocol>://<host>:<port>/<alias>/`: a directory that phones append a file name to, or a full file URL. */
export const fetchUrl = z
  .string()
  .max(511)
  .regex(
    spelledOut('https?|tftp'),
    'must be <protocol>://<host>:<port>/<alias>/ without blanks, quotes or < > \\ ^ ` |',
  )
  .check(z.url({ protocol: /^(https?|tftp)$/, error: 'must be an http, https or tftp URL' }));
/** The same plus a file name, so it ends in none of `/`, `?` and `#`. */
export const fileUrl = fetchUrl.regex(
  /^[a-z]+:\/\/[^/]+\/(?:[^?#]*\/)?[^/?#]+(?:\?.*)?$/i,
  'must end with a file name',
);
export const webUrl = z
  .string()
  .max(511)
  .regex(spelledOut('https?'), 'must be http(s)://<host>… without blanks, quotes or < > \\ ^ ` |')
  .check(z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }));
/** Of any scheme, for what a key opens. */
export const anyUrl = z
  .string()
  .max(511)
  .regex(new RegExp(`^[^${NEVER_IN_A_URL}]*$`), 'must not contain blanks, line breaks or characters that no URL has')
  .check(z.url({ error: 'must be a URL' }));
/** 24-hour wall-clock time. */
export const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be HH:MM');
export const vlanId = z.int().min(1).max(4094);
/** IEEE 802.1p. */
export const priority = z.int().min(0).max(7);
/** RFC 2474 code point. */
export const dscp = z.int().min(0).max(63);
/** A number as it is dialled: digits, star, hash, plus, letters of a SIP user; no blanks. */
export const dialString = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\s<>"\u0000-\u001f\u007f-\u009f]+$/, 'must not contain blanks, control characters, < > or quotes');
export const text = (max: number) => z.string().min(1).max(max);
