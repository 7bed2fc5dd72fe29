import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ended, until, type Namespace } from './netns.ts';

/** Somebody who may register. `authUser` is the user name of the digest, the SIP user where it is left out. */
export interface SipUser {
  readonly user: string;
  readonly authUser?: string;
  readonly password: string;
}

/** A binding that the registrar took, after it had checked the digest. */
export interface Registration {
  readonly user: string;
  readonly domain: string;
  readonly authUser: string;
  readonly transport: string;
  /** Seconds asked for; 0 is a farewell. */
  readonly expires: number;
  readonly userAgent: string;
  /** Display name and address as the From header had them. */
  readonly from: string;
}

export interface Kamailio {
  readonly address: string;
  readonly port: number;
  /** Bindings taken so far, in order. */
  readonly registrations: () => readonly Registration[];
  /** Digest user names that were turned away. */
  readonly refusals: () => readonly string[];
  /** Waits for a binding that fits; throws with the registrar's log when none came in time. */
  readonly registered: (fits: (registration: Registration) => boolean, timeoutMs?: number) => Promise<Registration>;
  readonly stop: () => Promise<void>;
}

// Not 5060: a program in the same namespace may want that port for itself.
const PORT = 5070;

/** RFC 7616 §3.4.2 with MD5. The realm is what kamailio challenges with: the domain of From. */
const ha1 = ({ user, authUser, password }: SipUser, realm: string): string =>
  createHash('md5')
    .update(`${authUser ?? user}:${realm}:${password}`)
    .digest('hex');

// Tab-separated, so that a display name with blanks stays one field.
const LOG_FIELDS = ['$fU', '$fd', '$au', '$proto', '$hdr(Expires)', '$ua', '$hdr(From)'];

/** Only hexadecimal HA1s and plain names go in here: a password never meets kamailio's own quoting. */
function configOf(address: string, realm: string, users: readonly SipUser[]): string {
  for (const name of [realm, ...users.map((user) => user.authUser ?? user.user)])
    if (!/^[\w.-]+$/.test(name)) throw new Error(`kamailio's configuration cannot hold ${JSON.stringify(name)}`);
  const known = users.map((user) => `  $sht(ha1=>${user.authUser ?? user.user}) = "${ha1(user, realm)}";`);
  return `#!KAMAILIO
debug=1
log_stderror=yes
children=1
tcp_children=1
dns=no
rev_dns=no
auto_aliases=no
listen=udp:${address}:${String(PORT)}
listen=tcp:${address}:${String(PORT)}
loadmodule "pv.so"
loadmodule "tm.so"
loadmodule "rr.so"
loadmodule "maxfwd.so"
loadmodule "sl.so"
loadmodule "xlog.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
loadmodule "htable.so"
modparam("htable", "htable", "ha1=>size=6;")
modparam("usrloc", "db_mode", 0)
request_route {
  if (!is_method("REGISTER")) {
    if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
    if (!lookup("location")) { sl_send_reply("480", "Temporarily Unavailable"); exit; }
    if (!t_relay()) sl_reply_error();
    exit;
  }
  if ($au == $null) { auth_challenge("${realm}", "0"); exit; }
  if ($sht(ha1=>$au) == $null || !pv_auth_check("${realm}", "$sht(ha1=>$au)", "1", "0")) {
    xlog("L_ERR", "REFUSED\\t$au\\n");
    auth_challenge("${realm}", "0"); exit;
  }
  save("location");
  xlog("L_ERR", "REGISTERED\\t${LOG_FIELDS.join('\\t')}\\n");
}
event_route[htable:mod-init] {
${known.join('\n')}
}
`;
}

function toRegistration(line: string): Registration | undefined {
  const [, fields] = /REGISTERED\t(.*)$/.exec(line) ?? [];
  const [user, domain, authUser, transport, expires, userAgent, from] = fields?.split('\t') ?? [];
  if (user === undefined || domain === undefined || authUser === undefined || transport === undefined) return undefined;
  return { user, domain, authUser, transport, expires: Number(expires), userAgent: userAgent ?? '', from: from ?? '' };
}

/** Whether something takes TCP connections there. */
const listens = (address: string, port: number): Promise<true | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 500 });
    const answer = (found: true | undefined) => (): void => {
      socket.destroy();
      resolve(found);
    };
    socket.once('connect', answer(true));
    socket.once('timeout', answer(undefined));
    socket.once('error', answer(undefined));
  });

/** Starts a registrar and proxy in the namespace; as registrar it wants a digest for `realm`, over UDP and TCP, and waits until it listens. */
export async function startKamailio(
  namespace: Namespace,
  options: { readonly realm: string; readonly users: readonly SipUser[] },
): Promise<Kamailio> {
  const folder = mkdtempSync(join(namespace.folder, 'kamailio-'));
  const config = join(folder, 'kamailio.cfg');
  writeFileSync(config, configOf(namespace.address, options.realm, options.users), { mode: 0o600 });
  // -DD stays in the foreground, -E logs to stderr; -Y keeps its run-time files out of the system's folders.
  const child = namespace.start('kamailio', ['-DD', '-E', '-f', config, '-Y', folder, '-m', '32', '-M', '8']);
  let log = '';
  const append = (bytes: Buffer): void => void (log += bytes.toString('utf8'));
  child.stdout.on('data', append);
  child.stderr.on('data', append);
  const lines = (): readonly string[] => log.split('\n');
  const registrations = (): readonly Registration[] =>
    lines()
      .map(toRegistration)
      .filter((registration) => registration !== undefined);
  const up = async (): Promise<true | undefined> => {
    if (child.exitCode !== null) throw new Error(`kamailio ended at once:\n${log}`);
    // UDP is bound before the TCP process starts, so the one tells of the other.
    return listens(namespace.address, PORT);
  };
  await until(up, 10_000, () => `kamailio does not listen:\n${log}`);
  return {
    address: namespace.address,
    port: PORT,
    registrations,
    refusals: () => lines().flatMap((line) => /REFUSED\t(.*)$/.exec(line)?.[1] ?? []),
    registered: (fits, timeoutMs = 15_000) =>
      until(
        () => registrations().find(fits),
        timeoutMs,
        () => `no such registration; kamailio says:\n${log}`,
      ),
    stop: async () => {
      child.kill('SIGTERM');
      await ended(child, 3_000);
    },
  };
}
