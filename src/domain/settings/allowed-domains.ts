/** A host that a phone must reach, and what for. */
export interface NeededHost {
  readonly host: string;
  readonly purpose: 'provisioning' | 'firmware' | 'registrar of line 1';
}

const bareName = (name: string): string => name.toLowerCase().replace(/\.$/, '');

const covers = (domain: string, host: string): boolean =>
  host === domain || (!/^[\d.]+$|:/.test(host) && host.endsWith(`.${domain}`));

/**
 * Hosts that a list of allowed domains shuts out: the phone would never come back for a correction (S0.22). A domain covers
 * itself and what is below it; an address only itself.
 */
export const excludedHosts = (domains: readonly string[], needed: readonly NeededHost[]): readonly NeededHost[] =>
  needed.filter(({ host }) => !domains.some((domain) => covers(bareName(domain), bareName(host))));

/** The host name in a URL; undefined where there is none. */
export const hostOfUrl = (url: string): string | undefined =>
  /^[a-z]+:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/:?#]+)/i.exec(url)?.[1]?.replace(/^\[|\]$/g, '');
