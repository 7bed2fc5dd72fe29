import type { NotifyEnd } from './notify.ts';

/** What an administrator is told when a phone could not be notified. */
export interface Explained {
  readonly why: string;
  readonly next: string;
}

const AT_THE_PHONE = 'open its resync URL in a browser in the phone’s network, or restart the phone by hand';
const WAIT = `try again when it has registered, or wait for its next poll; at once: ${AT_THE_PHONE}`;

// facts: RFC 3261 §21, RFC 6665 §8.3.2, and what public provisioning servers do with each.
const BY_STATUS: Readonly<Record<number, Explained>> = {
  403: {
    why: 'the server or the phone refuses to be told by this server',
    next: 'allow this server’s address at the proxy; on the phone, the setting that trusts the SIP server only may be the reason',
  },
  404: {
    why: 'the SIP server does not know this user',
    next: 'compare the extension’s user and server with the PBX',
  },
  405: { why: 'NOTIFY is not allowed there', next: AT_THE_PHONE },
  408: { why: 'the SIP server could not reach the phone', next: WAIT },
  410: { why: 'the phone is not registered any more', next: WAIT },
  480: { why: 'the phone is not registered', next: WAIT },
  481: {
    why: 'the phone takes no NOTIFY without a subscription',
    next: `switch NOTIFY for resync on in its settings; meanwhile ${AT_THE_PHONE}`,
  },
  482: { why: 'the SIP servers send the request in a circle', next: 'correct the routing of the SIP servers' },
  483: { why: 'the SIP servers send the request in a circle', next: 'correct the routing of the SIP servers' },
  486: { why: 'the phone is busy', next: 'try again in five minutes' },
  489: {
    why: 'the phone does not know this event',
    next: `check that its model and firmware are the ones stated here; meanwhile ${AT_THE_PHONE}`,
  },
  501: { why: 'the phone or the SIP server knows no NOTIFY', next: AT_THE_PHONE },
  600: { why: 'the phone is busy', next: 'try again in five minutes' },
};

/** Where the number says nothing of its own, its hundred does (RFC 3261 §8.1.3.2). */
const BY_CLASS: Readonly<Record<number, Explained>> = {
  3: { why: 'the SIP server names another address for this user', next: 'compare the extension’s server with the PBX' },
  4: { why: 'the SIP server or the phone refused the request', next: AT_THE_PHONE },
  5: { why: 'the SIP server has a trouble of its own', next: 'try again in some minutes, and look at the SIP server' },
  6: { why: 'the phone refused the request', next: AT_THE_PHONE },
};

const refused = ({ status, retryAfterSeconds }: Extract<NotifyEnd, { kind: 'refused' }>): Explained => {
  const said = BY_STATUS[status] ?? BY_CLASS[Math.floor(status / 100)] ?? { why: 'it was refused', next: AT_THE_PHONE };
  return {
    why: `${said.why} (${String(status)})`,
    next: retryAfterSeconds === undefined ? said.next : `try again in ${String(retryAfterSeconds)} seconds`,
  };
};

type Failed = Exclude<NotifyEnd, { kind: 'accepted' }>;

const EXPLAIN: { readonly [Kind in Failed['kind']]: (end: Extract<Failed, { kind: Kind }>) => Explained } = {
  refused,
  wrong_credentials: ({ status, realm }) => ({
    why: `the credentials of the line are wrong for realm ${JSON.stringify(realm)} (${String(status)})`,
    next: 'correct the extension’s password, which the phone has too, or the proxy’s account in the tenant',
  }),
  foreign_realm: ({ realm }) => ({
    why: `it asked for a password for realm ${JSON.stringify(realm)}, which is none of this tenant’s`,
    next: 'if the realm is right, add it to sip.realms of the tenant',
  }),
  unknown_challenge: ({ status }) => ({
    why: `it asked for credentials in a way that is not taken here (${String(status)}): digest with MD5, SHA-256 or SHA-512-256 is`,
    next: 'change the authentication at the proxy or phone; passwords are never sent in the clear',
  }),
  no_answer: () => ({ why: 'nobody answered within 32 seconds', next: WAIT }),
  unreachable: ({ reason }) => ({
    why: `the SIP server can’t be reached (${reason})`,
    next: 'check its address, port and transport, and the network between',
  }),
  forbidden_address: ({ address }) => ({
    why: `this server sends no SIP to ${address}`,
    next: 'correct the extension’s server or the tenant’s proxy; whoever operates this server can allow the address (sip.never)',
  }),
  unknown_host: ({ host }) => ({
    why: `the name ${host} has no address`,
    next: 'correct the extension’s server or the tenant’s proxy, or the DNS',
  }),
};

/** In words, with what may be tried next. */
export function explainEnd(end: Failed): Explained {
  // `as`: TypeScript does not see that the entry belongs to the kind that chose it.
  return (EXPLAIN[end.kind] as (end: Failed) => Explained)(end);
}

export const NOT_FETCHED: Explained = {
  why: 'the phone accepted the message and did not fetch its configuration within two minutes',
  next: `it may be in a call and fetch later; the phone’s requests here say whether it was refused; else ${AT_THE_PHONE}`,
};

export const NOT_UP_TO_DATE: Explained = {
  why: 'the phone fetched, but not all that it should have now',
  next: 'look at its requests here for what it was given instead, and send it again',
};

export const LEFT_BEHIND: Explained = {
  why: 'the server that looked after it was stopped meanwhile',
  next: 'send it again',
};
