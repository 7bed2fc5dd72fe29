import { Buffer } from 'node:buffer';
import { spellHeader } from './header-names.ts';
import type { SipMessage } from './message.ts';

/** A value that would become a second line. Whoever lets one come so far has not checked what a person or a phone wrote. */
function onOneLine(text: string): string {
  if (/[\r\n\0]/.test(text)) throw new Error('a header of a SIP message holds a line break');
  return text;
}

const startLine = (message: SipMessage): string =>
  message.kind === 'request'
    ? `${message.method} ${message.uri} SIP/2.0`
    : `SIP/2.0 ${String(message.status)} ${message.reason}`;

/** RFC 3261 §7. Content-Length is always said, from the body (§20.14), and comes last. */
export function writeMessage(message: SipMessage): Uint8Array {
  const lines = message.headers
    .filter(({ name }) => name !== 'content-length')
    .map(({ name, value }) => `${spellHeader(name)}: ${value}`);
  const head = [startLine(message), ...lines, `Content-Length: ${String(message.body.length)}`].map(onOneLine);
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), message.body]);
}
