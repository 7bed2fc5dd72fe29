/** What a sub-option inside option 43 carries. `base` is our directory without its last slash, which the phone puts before the file. */
export type SubOption =
  | { readonly code: number; readonly carries: 'base' }
  | { readonly code: number; readonly carries: 'file'; readonly file: string };

/** An option that tells a phone where to go, in the form in which its maker reads it. */
export type DhcpOption =
  /** `host`: bare name or address of the TFTP server; `addresses`: the same as a list of IPv4 addresses. */
  | { readonly code: number; readonly form: 'host' | 'addresses' }
  /** Our directory as a URL, with the name of a file after it where the maker wants one; its macros stand in it. */
  | { readonly code: number; readonly form: 'url'; readonly file?: string }
  /** Sub-options, one after the other: code, length, text; `endsWithNul` where the maker's texts do. */
  | {
      readonly code: 43;
      readonly form: 'encapsulated';
      readonly subOptions: readonly SubOption[];
      readonly endsWithNul: boolean;
    };

export interface DhcpPlan {
  /** Option 60 of this maker's phones. */
  readonly classes: readonly RegExp[];
  /**
   * The same for DHCP servers, which have no regular expressions in common: what option 60 begins with, letter case counting.
   * Empty where no phone of this maker finds its server by DHCP.
   */
  readonly prefixes: readonly string[];
  /** Options that tell the phone where to go, in the order in which it looks. */
  readonly options: readonly DhcpOption[];
  readonly unverified?: string;
}
