import type { PhoneEvent } from '../../../domain/settings/services.ts';
import { cannot, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { isUcs } from '../dialect.ts';
import { withReasons } from '../params.ts';

/** UCS names the feature; in SIP 3.x a public configuration has it as number 19. */
const corporateDirectory = (ctx: MapContext): Params =>
  isUcs(ctx)
    ? { 'feature.corporateDirectory.enabled': '1' }
    : { 'feature.19.name': 'corporate-directory', 'feature.19.enabled': '1' };

// Types first_name and last_name are in shipped files; the others in guides only.
const TYPE: Readonly<Record<string, string>> = { givenname: 'first_name', sn: 'last_name' };

/** The first name attribute must be a name part, or the phone has nothing to show; others are extra fields. */
const typeOf = (attribute: string, index: number): string =>
  TYPE[attribute.toLowerCase()] ?? (index === 0 ? 'last_name' : 'other');

const attribute = (index: number, name: string, type: string): Params =>
  Object.fromEntries(
    Object.entries({ name, label: name, type, searchable: '1' }).map(([key, value]) => [
      `dir.corp.attribute.${index}.${key}`,
      value,
    ]),
  );

const attributes = (names: readonly string[], offset: number, type: (name: string, index: number) => string): Params =>
  Object.assign({}, ...names.map((name, index) => attribute(offset + index + 1, name, type(name, index)))) as Params;

/** A fixed filter in front of what the phone searches for; a place for the typed text it has not. */
const nameFilter = (filter: string): Params | Partly =>
  filter.includes('%')
    ? cannot(
        'the phone builds the search from its attributes; dir.corp.filterPrefix takes only a fixed filter without %',
      )
    : { 'dir.corp.filterPrefix': filter };

// One URL and a switch for each event.
const NOTIFICATION: Partial<Record<PhoneEvent, string>> = {
  incoming_call: 'incomingEvent',
  outgoing_call: 'outgoingEvent',
  off_hook: 'offhookEvent',
  on_hook: 'onhookEvent',
  registered: 'lineRegistrationEvent', // unverified: in no shipped file
};

function actionUrls(urls: { readonly [Event in PhoneEvent]?: string | undefined }): Params | Partly {
  // `as`: Object.entries gives up the keys of the record it lists.
  const wanted = Object.entries(urls) as readonly (readonly [PhoneEvent, string])[];
  const url = wanted.find(([event]) => NOTIFICATION[event] !== undefined)?.[1];
  const told = wanted.filter(([event, to]) => NOTIFICATION[event] !== undefined && to === url);
  const untold = wanted
    .filter(([event, to]) => NOTIFICATION[event] === undefined || to !== url)
    .map(([event]) => event);
  const switches = told.map(([event]) => [`apps.telNotification.${NOTIFICATION[event] ?? ''}`, '1'] as const);
  return withReasons(url === undefined ? {} : { 'apps.telNotification.URL': url, ...Object.fromEntries(switches) }, [
    untold.length === 0
      ? undefined
      : `apps.telNotification has one URL for five events; not told: ${untold.join(', ')}`,
  ]);
}

interface Group {
  readonly address: string;
  readonly port: number;
  readonly label: string;
}

/** One multicast address carries 25 groups of the maker's own; we use it with group 1. */
function multicast(groups: readonly Group[], ctx: MapContext): Params | Partly {
  const [first] = groups;
  if (first === undefined || !isUcs(ctx)) return cannot('page mode (ptt.pageMode.*) is known from UCS only');
  return withReasons(
    {
      'ptt.pageMode.enable': '1',
      // unverified: the names ptt.address and ptt.port; 224.0.1.116:5001 is believed to be the default.
      'ptt.address': first.address,
      'ptt.port': String(first.port),
      'ptt.pageMode.group.1.available': '1',
      'ptt.pageMode.group.1.subscribed': '1',
      ...(first.label === '' ? {} : { 'ptt.pageMode.group.1.label': first.label }),
    },
    [groups.length === 1 ? undefined : 'the phone has one multicast address; only the first is written'],
  );
}

// Source: dir.corp.* in the shipped files of SIP 3.x and 4.x; apps.*, mb.* and ptt.* in public templates.
export const services: Mapping = {
  'services.ldapServer': (host, ctx) => ({ ...corporateDirectory(ctx), 'dir.corp.address': host }),
  'services.ldapPort': (port) => ({ 'dir.corp.port': String(port) }),
  // unverified: the word TLS.
  'services.ldapTls': (on) => ({ 'dir.corp.transport': on ? 'TLS' : 'TCP' }),
  'services.ldapBase': (base) => ({ 'dir.corp.baseDN': base }),
  'services.ldapUser': (user) => ({ 'dir.corp.user': user }),
  'services.ldapPassword': (password) => ({ 'dir.corp.password': password }),
  'services.ldapNameFilter': nameFilter,
  'services.ldapNumberFilter': {
    unsupported: 'UCS guide, "Corporate Directory": searches go by attribute (dir.corp.attribute.N), not by filter',
  },
  'services.ldapNameAttributes': (names) => attributes(names, 0, typeOf),
  'services.ldapNumberAttributes': (names, ctx) =>
    attributes(names, ctx.get('services.ldapNameAttributes')?.length ?? 0, () => 'phone_number'),
  'services.ldapDisplay': {
    unsupported: 'UCS guide, "Corporate Directory": shown are first_name and last_name; there is no format',
  },
  'services.ldapMaxHits': {
    unsupported: 'UCS guide, "Corporate Directory": pageSize and cacheSize size the paging, nothing limits the hits',
  },
  'services.phonebooks': {
    unsupported: 'the phones read one directory file of their own ({mac}-directory.xml), no remote phone book',
  },
  'services.directoryLookupUrl': { notMapped: 'no source names a URL for looking up names and numbers' },
  'services.xmlBrowserUrl': (url) => ({ 'mb.main.home': url }),
  'services.multicastListen': multicast,
  'services.actionUrls': actionUrls,
};
