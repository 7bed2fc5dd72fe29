import { err, ok, type Result } from '../result.ts';
import { host as hostName } from '../settings/common.ts';
import { isIpv4 } from './encode.ts';
import type { DhcpProblem } from './problem.ts';

/** Where phones that know nothing yet find this server. */
export interface Whereabouts {
  /** Host name or IPv4 address. */
  readonly host: string;
  /** For what carries nothing but addresses; left out where only a name is known. */
  readonly address?: string;
  /** The directory on the bootstrap door, ending in `/`; left out where that door is closed. */
  readonly directory?: string;
  /** Left out where the TFTP door is closed. */
  readonly tftpPort?: number;
  /** The directory is a tenant's. */
  readonly ofTenant: boolean;
}

export interface Said {
  readonly host: string;
  readonly address?: string;
  readonly bootstrapPort?: number;
  readonly tftpPort?: number;
  readonly tenantToken?: string;
}

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65535;

/** DHCPv4 tells IPv4 phones: an IPv6 address is no host here. */
const isHost = (text: string): boolean =>
  hostName.safeParse(text).success && !text.includes(':') && (isIpv4(text) || !/^[\d.]+$/.test(text));

/** What was said about this server, checked. */
export function readWhereabouts({
  host,
  address = isIpv4(host) ? host : undefined,
  bootstrapPort,
  tftpPort,
  tenantToken,
}: Said): Result<Whereabouts, DhcpProblem> {
  if (!isHost(host)) return err({ kind: 'not_a_host', thing: 'host', value: host });
  if (address !== undefined && !isIpv4(address)) return err({ kind: 'not_ipv4', thing: 'address', value: address });
  if (bootstrapPort !== undefined && !isPort(bootstrapPort))
    return err({ kind: 'not_a_port', thing: 'port of the bootstrap door', value: String(bootstrapPort) });
  const prefix = tenantToken === undefined ? '' : `t/${tenantToken}/`;
  return ok({
    host,
    ...(address === undefined ? {} : { address }),
    ...(bootstrapPort === undefined ? {} : { directory: `http://${host}:${bootstrapPort}/${prefix}` }),
    ...(tftpPort === undefined ? {} : { tftpPort }),
    ofTenant: tenantToken !== undefined,
  });
}
