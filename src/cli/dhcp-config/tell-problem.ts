import type { DhcpProblem } from '../../domain/dhcp/problem.ts';
import type { Unwritable } from './writing.ts';

/** What is wrong, with the thing and its value. */
export function tellProblem(problem: DhcpProblem | Unwritable): string {
  const { thing } = problem;
  const value = JSON.stringify(problem.value);
  switch (problem.kind) {
    case 'too_long':
      return `${thing}: ${value} takes ${problem.octets} octets, and a DHCP option holds 255`;
    case 'not_plain':
      return `${thing}: ${value} has a blank, a quotation mark or another character that belongs in no host or URL`;
    case 'not_ipv4':
      return `${thing}: ${value} is not an IPv4 address`;
    case 'not_a_host':
      return `${thing}: ${value} is neither a host name nor an IPv4 address; say one with --host`;
    case 'not_a_port':
      return `${thing}: ${value} is not a port from 1 to 65535; say one with --port`;
    case 'unwritable':
      return `${thing}: ${value} cannot be written for this DHCP server`;
  }
}
