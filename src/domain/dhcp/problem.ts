/** Why something cannot be said by DHCP: always with the thing and its value. */
export type DhcpProblem =
  /** RFC 2132 §2: the length of an option is one octet. */
  | { readonly kind: 'too_long'; readonly thing: string; readonly value: string; readonly octets: number }
  /** A character that some DHCP server's configuration would take for its own. */
  | { readonly kind: 'not_plain'; readonly thing: string; readonly value: string }
  | { readonly kind: 'not_ipv4'; readonly thing: string; readonly value: string }
  | { readonly kind: 'not_a_host'; readonly thing: string; readonly value: string }
  | { readonly kind: 'not_a_port'; readonly thing: string; readonly value: string };
