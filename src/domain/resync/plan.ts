import { err, ok, type Result } from '../result.ts';
import type { Secret } from '../secret.ts';
import type { Transport } from '../settings/line.ts';
import type { ResyncKind } from './attempt.ts';
import type { NotifyOrder, SipCredentials, SipServer } from './notify.ts';

/** What a line of the phone says, resolved: where it registers, and as whom. */
export interface NotifiableLine {
  readonly position: number;
  /** Number of its extension. */
  readonly extension: string;
  readonly user: string;
  readonly authUser: string | undefined;
  readonly password: Secret;
  readonly serverHost: string;
  readonly serverPort: number | undefined;
  readonly transport: Transport | undefined;
  readonly outboundProxyHost: string | undefined;
  readonly outboundProxyPort: number | undefined;
  /** Another phone has a line with this extension too: a NOTIFY to it would reach both. */
  readonly isElsewhere: boolean;
}

/** Where the tenant's requests go instead of to each line's own server, and what its challenges are answered with. */
export interface TenantSip {
  readonly proxy?: SipServer;
  readonly account?: SipCredentials;
  /** Realms for which the lines' passwords may be hashed, beside the lines' servers and the tenant's domains. */
  readonly realms: readonly string[];
}

export interface ResyncEvents {
  readonly refetch: string;
  readonly refetchAndReboot?: string;
  readonly reboot?: string;
}

/** Why there is nothing to send; the API says each as a problem of its own. */
export type NoResync =
  | { readonly kind: 'no_event'; readonly wanted: ResyncKind }
  | { readonly kind: 'no_line' }
  /** So many wait for their turn at the server that this one's would come too late. */
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number }
  | { readonly kind: 'shared_lines_only'; readonly extensions: readonly string[] };

const EVENT_OF = { refetch: 'refetch', refetch_and_reboot: 'refetchAndReboot', reboot: 'reboot' } as const;

export const eventFor = (events: ResyncEvents, kind: ResyncKind): string | undefined => events[EVENT_OF[kind]];

/** The lines by which this phone alone is reached, in order (S2.10). */
export function ownLines(lines: readonly NotifiableLine[]): Result<readonly NotifiableLine[], NoResync> {
  const own = lines.filter((line) => !line.isElsewhere);
  if (own.length > 0) return ok(own);
  return lines.length === 0
    ? err({ kind: 'no_line' })
    : err({ kind: 'shared_lines_only', extensions: lines.map(({ extension }) => extension) });
}

/** RFC 3261 §8.1.2: the tenant's proxy is stronger than the line's outbound proxy, which is stronger than its registrar. */
function serverOf(line: NotifiableLine, sip: TenantSip): SipServer {
  const { transport } = line;
  if (sip.proxy !== undefined) return sip.proxy;
  return line.outboundProxyHost === undefined
    ? { host: line.serverHost, port: line.serverPort, transport }
    : { host: line.outboundProxyHost, port: line.outboundProxyPort, transport };
}

/** RFC 3261 §19.1.1: a user that already has a host is left alone, as everywhere (`userAtHost`). */
function addressOfRecord({ user, serverHost }: NotifiableLine): { readonly user: string; readonly domain: string } {
  const at = user.lastIndexOf('@');
  return at <= 0 ? { user, domain: serverHost } : { user: user.slice(0, at), domain: user.slice(at + 1) };
}

/** What is sent for one line. */
export function orderFor(
  line: NotifiableLine,
  event: string,
  sip: TenantSip,
  known: { readonly domains: readonly string[]; readonly vendorRealms: readonly string[] },
): NotifyOrder {
  const server = serverOf(line, sip);
  const { user, domain } = addressOfRecord(line);
  return {
    user,
    domain,
    server,
    event,
    line: { user: line.authUser ?? line.user, password: line.password },
    ...(sip.account === undefined ? {} : { proxy: sip.account }),
    realms: [domain, line.serverHost, server.host, ...known.domains, ...known.vendorRealms, ...sip.realms],
  };
}
