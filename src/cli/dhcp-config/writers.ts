import { writeDnsmasq } from './dnsmasq.ts';
import { writeIsc } from './isc.ts';
import { writeKea } from './kea.ts';
import { writeMikrotik } from './mikrotik.ts';
import { writeWindows } from './windows.ts';
import type { WriteDhcpConfig } from './writing.ts';

/** DHCP servers that a snippet can be written for. */
export const WRITERS: ReadonlyMap<string, WriteDhcpConfig> = new Map([
  ['kea', writeKea],
  ['isc', writeIsc],
  ['dnsmasq', writeDnsmasq],
  ['windows', writeWindows],
  ['mikrotik', writeMikrotik],
]);
