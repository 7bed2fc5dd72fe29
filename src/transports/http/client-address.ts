import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { inNetworks, plainAddress } from '../networks.ts';

/** The header in which trusted proxies say for whom they ask. One of them: a proxy that writes one passes the other on as it came. */
export type ForwardedHeader = 'x-forwarded-for' | 'forwarded';

/** Who is asking, and whether the way to the outermost proxy of ours was encrypted. */
export interface Client {
  readonly address: string;
  readonly secure: boolean;
}

/** What one proxy says of who asked it. */
interface Hop {
  readonly address: string | undefined;
  readonly proto: string | undefined;
}

/** An address as proxies write it, some with a port or in brackets. */
function addressIn(entry: string): string | undefined {
  const text = entry.trim();
  const bracketed = /^\[([0-9a-f:.]+)\](?::\d+)?$/i.exec(text)?.[1];
  const address = bracketed ?? text.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  return isIP(address) === 0 ? undefined : plainAddress(address);
}

const textOf = (value: string | readonly string[] | undefined): string =>
  typeof value === 'string' ? value : (value?.join(',') ?? '');

/** The nearest proxy comes first. */
const entriesOf = (text: string): readonly string[] => text.split(',').reverse();

function xForwarded(headers: IncomingHttpHeaders): readonly Hop[] {
  const proto = entriesOf(textOf(headers['x-forwarded-proto']))[0]?.trim().toLowerCase();
  return entriesOf(textOf(headers['x-forwarded-for'])).map((entry) => ({ address: addressIn(entry), proto }));
}

/**
 * RFC 7239 §4. Divided at every comma, even in quotes: no address has one, and a quote that a client leaves open must not
 * swallow what our proxy has written behind it.
 */
function forwarded(headers: IncomingHttpHeaders): readonly Hop[] {
  return entriesOf(textOf(headers.forwarded)).map((element) => {
    const pairs = element.split(';').map((pair) => /^\s*(\w+)="?([^"]*)"?\s*$/.exec(pair)?.slice(1) ?? []);
    const valueOf = (name: string): string => pairs.find(([key]) => key?.toLowerCase() === name)?.[1] ?? '';
    return { address: addressIn(valueOf('for')), proto: valueOf('proto').toLowerCase() };
  });
}

const HOPS = { 'x-forwarded-for': xForwarded, forwarded } as const satisfies Record<
  ForwardedHeader,
  (headers: IncomingHttpHeaders) => readonly Hop[]
>;

/**
 * Who is asking. Only what a trusted proxy added counts, so the list is read from its end: the first address that is not a
 * trusted proxy's is the client's, whatever stands before it may be forged (E9).
 */
export function clientOf(
  trustedProxies: readonly string[],
  header: ForwardedHeader,
): (peer: string, headers: IncomingHttpHeaders) => Client {
  if (trustedProxies.length === 0) return (peer) => ({ address: plainAddress(peer), secure: false });
  const isTrusted = inNetworks(trustedProxies);
  return (peer, headers) => {
    let client: Client = { address: plainAddress(peer), secure: false };
    if (!isTrusted(client.address)) return client;
    for (const { address, proto } of HOPS[header](headers)) {
      if (address === undefined || !isTrusted(client.address)) break;
      client = { address, secure: proto === 'https' };
    }
    return client;
  };
}
