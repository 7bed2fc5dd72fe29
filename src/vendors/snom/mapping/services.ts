import type { LogLevel } from '../../../domain/settings/logging.ts';
import type { PhoneEvent } from '../../../domain/settings/services.ts';
import { hostPort } from '../../../domain/sip-uri.ts';
import { partly, type Mapping, type Params } from '../../kit/driver.ts';
import { onOff } from './form.ts';

// Snom wiki, "Action URLs". The maker's log_on and log_off are a person's at the phone, not the registration's.
const ACTION: Readonly<Record<PhoneEvent, string | undefined>> = {
  startup: 'action_setup_url',
  registered: undefined,
  unregistered: undefined,
  off_hook: 'action_offhook_url',
  on_hook: 'action_onhook_url',
  incoming_call: 'action_incoming_url',
  outgoing_call: 'action_outgoing_url',
  call_established: 'action_connected_url',
  call_terminated: 'action_disconnected_url',
  missed_call: 'action_missed_url',
  dnd_on: 'action_dnd_on_url',
  dnd_off: 'action_dnd_off_url',
  forward_on: 'action_redirection_on_url',
  forward_off: 'action_redirection_off_url',
  transfer: 'action_transfer',
  hold: 'action_hold',
  unhold: 'action_unhold',
};

type EventUrls = Readonly<Partial<Record<PhoneEvent, string | undefined>>>;

function actionUrls(urls: EventUrls): Params | ReturnType<typeof partly> {
  const wanted = Object.entries(urls).filter((entry): entry is [PhoneEvent, string] => entry[1] !== undefined);
  const lost = wanted.map(([event]) => event).filter((event) => ACTION[event] === undefined);
  const params = Object.fromEntries(
    wanted.flatMap(([event, url]) => {
      const name = ACTION[event];
      return name === undefined ? [] : [[name, url] as const];
    }),
  );
  return lost.length === 0 ? params : partly(params, `the phone has no action URL for ${lost.join(', ')}`);
}

// 0 to 9, 5 from the factory; unverified: that they follow the severities of RFC 5424 §6.2.1, with 9 for everything.
const LEVEL = { error: '3', warning: '4', info: '6', debug: '9' } as const satisfies Record<LogLevel, string>;

// Source: Snom wiki, the pages of the settings named, and public templates. Filters use % as the neutral setting does, attributes are separated by blanks.
const ldap: Mapping = {
  'services.ldapServer': (host) => ({ ldap_server: host }),
  'services.ldapPort': (port) => ({ ldap_port: String(port) }),
  // LDAPS from the first byte; there is no StartTLS. Its port is the common one unless another is set.
  'services.ldapTls': (on, ctx) => ({
    ldap_over_tls: onOff(on),
    ldap_port: String(ctx.get('services.ldapPort') ?? (on ? 636 : 389)),
  }),
  'services.ldapBase': (base) => ({ ldap_base: base }),
  'services.ldapUser': (user) => ({ ldap_username: user }),
  'services.ldapPassword': (password) => ({ ldap_password: password }),
  'services.ldapNameFilter': (filter) => ({ ldap_search_filter: filter }),
  'services.ldapNumberFilter': (filter) => ({ ldap_number_filter: filter }),
  'services.ldapNameAttributes': (names) => ({ ldap_name_attributes: names.join(' ') }),
  'services.ldapNumberAttributes': (names) => ({ ldap_number_attributes: names.join(' ') }),
  'services.ldapDisplay': (form) => ({ ldap_display_name: form }),
  'services.ldapMaxHits': (count) => ({ ldap_max_hits: String(count) }),
};

export const servicesMapping: Mapping = {
  ...ldap,
  // Seen in public templates: the directory key opens the phone book; what a person sees is the book's own title.
  'services.phonebooks': (books) => {
    const params = { dkey_directory: `url ${books[0]?.url ?? ''}` };
    return books.length > 1
      ? partly(params, 'the directory key opens one phone book, the first; give the others a key of type xml_browser')
      : params;
  },
  'services.directoryLookupUrl': {
    notMapped: 'no parameter is known that asks a service for names; LDAP and the directory key are the two ways',
  },
  'services.xmlBrowserUrl': {
    unsupported:
      'Snom wiki, "Function Key Types": the browser is opened by a key (type xml_browser), it has no start page',
  },
  // Ten slots; an empty one is off.
  'services.multicastListen': {
    set: (groups) => {
      const params = {
        multicast_listen: 'on',
        ...Object.fromEntries(
          groups.map(({ address, port }, index) => [`mc_address[${index + 1}]`, hostPort(address, port)]),
        ),
      };
      return groups.some(({ label }) => label !== '')
        ? partly(params, 'mc_address holds address and port; no parameter for a label is known')
        : params;
    },
    clear: () => ({ multicast_listen: 'off' }),
  },
  'services.actionUrls': actionUrls,
};

// Source: Snom wiki, the pages of the settings named.
export const loggingMapping: Mapping = {
  'logging.syslogServer': (host, ctx) => ({ syslog_server: hostPort(host, ctx.get('logging.syslogPort')) }),
  'logging.syslogPort': { partOf: 'logging.syslogServer' },
  'logging.level': (level) => ({ log_level: LEVEL[level] }),
};
