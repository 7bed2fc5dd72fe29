import type { PhoneEvent } from '../../../domain/settings/services.ts';
import { cannot, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { flag } from '../generation.ts';

// Source: Yealink administrator guides V73 to V87, "LDAP", "Remote Phone Book", "Multicast Paging", "Action URL".

/** LDAP has to be switched on as a source and shown in two places: the directory menu and while dialling. */
const ldapOn = (on: boolean): Params => ({
  'ldap.enable': flag(on),
  'directory_setting.ldap.enable': flag(on),
  'search_in_dialing.ldap.enable': flag(on),
});

const PHONEBOOK_SLOTS = 5;

const phonebook = (slot: number, name: string, url: string): Params => ({
  [`remote_phonebook.data.${slot}.url`]: url,
  [`remote_phonebook.data.${slot}.name`]: name,
});

/** Shown in the directory menu, and asked for the name of a caller. */
const phonebooksOn = (on: boolean): Params => ({
  'directory_setting.remote_phone_book.enable': flag(on),
  'features.remote_phonebook.enable': flag(on),
});

/** All slots that a list of parameters could have filled, empty. */
const emptied = (count: number, make: (slot: number) => Params): Params =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => Object.entries(make(index + 1))).flat());

/** A look-up is a remote phone book whose URL holds the query, `#SEARCH`; it takes the place after the phone books. */
function directoryLookup(url: string, ctx: MapContext): Params | Partly {
  const slot = (ctx.get('services.phonebooks')?.length ?? 0) + 1;
  return slot > PHONEBOOK_SLOTS
    ? cannot(`Yealink administrator guide, "Remote Phone Book": ${PHONEBOOK_SLOTS} places, all taken by phone books`)
    : { ...phonebook(slot, 'Directory', url), ...phonebooksOn(true) };
}

/** `1..10` up to V80, `1..31` later; the first has the highest priority. */
const MULTICAST_SLOTS = 10;

const multicast = (slot: number, address: string, label: string): Params => ({
  [`multicast.listen_address.${slot}.ip_address`]: address,
  [`multicast.listen_address.${slot}.label`]: label,
});

/** `action_url.<event>`; forwarding has an event for each kind, which are one to us. */
const EVENTS = {
  startup: ['setup_completed'],
  registered: ['registered'],
  unregistered: ['unregistered'],
  off_hook: ['off_hook'],
  on_hook: ['on_hook'],
  incoming_call: ['incoming_call'],
  outgoing_call: ['outgoing_call'],
  call_established: ['call_established'],
  call_terminated: ['call_terminated'],
  missed_call: ['missed_call'],
  dnd_on: ['dnd_on'],
  dnd_off: ['dnd_off'],
  forward_on: ['always_fwd_on', 'busy_fwd_on', 'no_answer_fwd_on'],
  forward_off: ['always_fwd_off', 'busy_fwd_off', 'no_answer_fwd_off'],
  transfer: ['transfer_call'],
  hold: ['hold'],
  unhold: ['unhold'],
} as const satisfies Record<PhoneEvent, readonly string[]>;

/** The events of the table in its order, so that the file does not depend on the order in which a person filled them in. */
const actionUrls = (urls: Partial<Record<PhoneEvent, string>>): Params =>
  Object.fromEntries(
    Object.entries(EVENTS).flatMap(([event, names]) => {
      const url = Object.entries(urls).find(([wanted]) => wanted === event)?.[1];
      return url === undefined ? [] : names.map((name) => [`action_url.${name}`, url]);
    }),
  );

const noActionUrls = (): Params =>
  Object.fromEntries(
    Object.values(EVENTS)
      .flat()
      .map((name) => [`action_url.${name}`, '']),
  );

export const services: Mapping = {
  'services.ldapServer': {
    set: (host) => ({ ...ldapOn(true), 'ldap.host': host }),
    clear: () => ({ ...ldapOn(false), 'ldap.host': '' }),
  },
  'services.ldapPort': (port) => ({ 'ldap.port': String(port) }),
  // 0 LDAP, 1 StartTLS, 2 LDAPS.
  'services.ldapTls': (on) => ({ 'ldap.tls_mode': on ? '2' : '0' }),
  'services.ldapBase': (base) => ({ 'ldap.base': base }),
  'services.ldapUser': (user) => ({ 'ldap.user': user }),
  'services.ldapPassword': (password) => ({ 'ldap.password': password }),
  'services.ldapNameFilter': (filter) => ({ 'ldap.name_filter': filter }),
  'services.ldapNumberFilter': (filter) => ({ 'ldap.number_filter': filter }),
  'services.ldapNameAttributes': (attributes) => ({ 'ldap.name_attr': attributes.join(' ') }),
  'services.ldapNumberAttributes': (attributes) => ({ 'ldap.numb_attr': attributes.join(' ') }),
  'services.ldapDisplay': (display) => ({ 'ldap.display_name': display }),
  'services.ldapMaxHits': (hits) => ({ 'ldap.max_hits': String(hits) }),

  'services.phonebooks': {
    set: (books) => ({
      ...phonebooksOn(true),
      ...Object.fromEntries(books.flatMap(({ name, url }, index) => Object.entries(phonebook(index + 1, name, url)))),
    }),
    clear: () => ({ ...phonebooksOn(false), ...emptied(PHONEBOOK_SLOTS, (slot) => phonebook(slot, '', '')) }),
  },
  'services.directoryLookupUrl': directoryLookup,
  'services.xmlBrowserUrl': {
    unsupported:
      'Yealink administrator guide, "XML Browser": no start page of its own; it opens from a key of type xml_browser',
  },
  'services.multicastListen': {
    set: (groups) =>
      Object.fromEntries(
        groups.flatMap(({ address, port, label }, index) =>
          Object.entries(multicast(index + 1, `${address}:${port}`, label)),
        ),
      ),
    clear: () => emptied(MULTICAST_SLOTS, (slot) => multicast(slot, '', '')),
  },
  'services.actionUrls': { set: actionUrls, clear: noActionUrls },
};
