import { isIP } from 'node:net';
import { inNetworks, plainAddress } from '../networks.ts';

/** The address in one entry of X-Forwarded-For, which some proxies write with a port or in brackets. */
function addressIn(entry: string): string | undefined {
  const text = entry.trim();
  const bracketed = /^\[([0-9a-f:.]+)\](?::\d+)?$/i.exec(text)?.[1];
  const address = bracketed ?? text.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  return isIP(address) === 0 ? undefined : plainAddress(address);
}

/**
 * Who is asking. Only what a trusted proxy added counts, so the list is read from its end: the first address that is not a
 * trusted proxy's is the client's, whatever stands before it may be forged (E9).
 */
export function clientAddress(
  trustedProxies: readonly string[],
): (peer: string, forwardedFor: string | undefined) => string {
  if (trustedProxies.length === 0) return plainAddress;
  const isTrusted = inNetworks(trustedProxies);
  return (peer, forwardedFor) => {
    let client = plainAddress(peer);
    for (const entry of (forwardedFor ?? '').split(',').reverse()) {
      if (!isTrusted(client)) break;
      const before = addressIn(entry);
      if (before === undefined) break;
      client = before;
    }
    return client;
  };
}
