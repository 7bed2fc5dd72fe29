/** `host`, `host:port` or `[v6]:port`, as makers write a server in one parameter. */
export function hostPort(host: string, port: number | undefined): string {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return port === undefined ? name : `${name}:${port}`;
}

/** The `user@host` of an address of record (RFC 3261 §19.1.1); a value that already has a host is left alone. */
export const userAtHost = (user: string, host: string): string => (user.includes('@') ? user : `${user}@${host}`);
