import { cannot, partly, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { dialectOf, isAta } from '../models.ts';

// Source: Cisco SPA300/500 administrator guide, "LDAP", "XML Service", "Group Paging"; tags counted in public templates.

interface LdapTags {
  readonly name: string;
  readonly server: string;
  readonly auth: string;
  readonly bind: string;
  readonly password: string;
  readonly base: string;
  readonly lastName: string;
  readonly display: string;
}

/** SPA525G(2) has the same parameters without the LDAP_ prefix, some under another name. */
const LDAP_TAGS = {
  phone: {
    name: 'LDAP_Corp_Dir_Name',
    server: 'LDAP_Server',
    auth: 'LDAP_Auth_Method',
    bind: 'LDAP_Client_DN',
    password: 'LDAP_Password',
    base: 'LDAP_Search_Base',
    lastName: 'LDAP_Last_Name_Filter',
    display: 'LDAP_Display_Attrs',
  },
  spa525: {
    name: 'Corp_Dir_Name',
    server: 'Server',
    auth: 'Auth_Type',
    bind: 'Client_DN',
    password: 'Password',
    base: 'Search_Base',
    lastName: 'Last_Name_Filter',
    display: 'Display_Attr',
  },
} as const satisfies Record<'phone' | 'spa525', LdapTags>;

const noDirectory = (ctx: MapContext): Partly =>
  cannot(`SPA ATA guides: ${ctx.model.id} has no display and no directory`);

/** For phones, with the tags of their vocabulary; ATAs have no directory. */
const ldap = (ctx: MapContext, write: (tags: LdapTags) => Params): Params | Partly => {
  const { tags } = dialectOf(ctx.model);
  return tags === 'phone' || tags === 'spa525' ? write(LDAP_TAGS[tags]) : noDirectory(ctx);
};

const FORM_UNKNOWN = (tags: string): string =>
  `public templates name ${tags}, but no source gives the form of its value; write it as a raw parameter`;

/** `sn:(sn=$VALUE*)`: the attribute that is asked for, then the filter with `$VALUE` for what was typed. */
// unverified: on SPA. The form is that of the guides of the Cisco phones that came after, which kept these tags.
function nameFilter(filter: string, ctx: MapContext): Params | Partly {
  const attribute = /\((?<name>[A-Za-z][\w-]{0,63})[~<>]?=/.exec(filter)?.groups?.['name'];
  return attribute === undefined
    ? cannot(
        `Cisco guides, "Last Name Filter": attribute:(attribute=$VALUE*); no attribute found in ${JSON.stringify(filter)}`,
      )
    : ldap(ctx, (tags) => ({ [tags.lastName]: `${attribute}:${filter.replaceAll('%', '$VALUE')}` }));
}

/** `a=cn,n=Name;a=telephoneNumber,n=Phone,t=p`: what is shown of a hit, under which name; one number can be dialled. */
// unverified: on SPA, as above.
function displayAttributes(ctx: MapContext): Params | Partly {
  const names = (ctx.get('services.ldapNameAttributes') ?? []).map((name) => [name, `a=${name},n=Name`]);
  const numbers = (ctx.get('services.ldapNumberAttributes') ?? []).map((name, index) => [
    name,
    `a=${name},n=Phone${index === 0 ? ',t=p' : ''}`,
  ]);
  const all = [...names, ...numbers];
  return all.some(([name]) => name?.includes(';'))
    ? cannot('Cisco guides, "Display Attributes": ; divides them, so an attribute with an option cannot stand there')
    : ldap(ctx, ({ display }) => ({ [display]: all.map(([, text]) => text).join(';') }));
}

const remoteDirectory = (name: string, url: string): Params => ({
  XML_Directory_Service_Name: name,
  XML_Directory_Service_URL: url,
});

/** Numbers that call the groups: the first is 800. They are dialled at the phone only, never sent. */
export const pagingNumber = (index: number): number => 800 + index;

// unverified: five groups at most.
const MOST_GROUPS = 5;

export const hasPaging = (ctx: MapContext): boolean => dialectOf(ctx.model).later;

/** `pggrp=ip:port;name=X;num=800;listen=yes;` for each group; a name must not bring another token. */
function paging(
  groups: readonly { readonly address: string; readonly port: number; readonly label: string }[],
  ctx: MapContext,
): Params | Partly {
  if (!hasPaging(ctx)) return cannot(`Group_Paging_Script came with SPA300/500; ${ctx.model.id} has none`);
  const name = (label: string, index: number): string => {
    const safe = label.replace(/[^\p{L}\p{N} ._-]/gu, ' ').trim();
    return safe === '' ? `Group ${index + 1}` : safe;
  };
  const script = groups
    .slice(0, MOST_GROUPS)
    .map(
      ({ address, port, label }, index) =>
        `pggrp=${address}:${port};name=${name(label, index)};num=${pagingNumber(index)};listen=yes;`,
    )
    .join('');
  const params = { Group_Paging_Script: script };
  return groups.length <= MOST_GROUPS
    ? params
    : partly(params, `SPA300/500 guide, "Group Paging": ${MOST_GROUPS} groups, not ${groups.length}`);
}

export const services: Mapping = {
  'services.ldapServer': {
    set: (host, ctx) =>
      ldap(ctx, ({ server, name, auth }) => ({
        LDAP_Dir_Enable: 'Yes',
        [name]: 'LDAP',
        [server]: host,
        [auth]: ctx.get('services.ldapUser') === undefined ? 'None' : 'Simple',
      })),
    clear: (ctx) => {
      const off = ldap(ctx, ({ server, auth }) => ({ LDAP_Dir_Enable: 'No', [server]: '', [auth]: 'None' }));
      return 'partly' in off ? {} : off;
    },
  },
  'services.ldapPort': (port, ctx) => {
    if (isAta(ctx.model)) return noDirectory(ctx);
    return port === 389 ? {} : cannot(`no public template names a port for LDAP_Server; ${port} cannot be written`);
  },
  'services.ldapTls': (on, ctx) => {
    if (isAta(ctx.model)) return noDirectory(ctx);
    return on ? cannot('SPA300/500 guide, "LDAP": None, Simple and DIGEST-MD5, no LDAPS') : {};
  },
  'services.ldapBase': (base, ctx) => ldap(ctx, (tags) => ({ [tags.base]: base })),
  'services.ldapUser': (user, ctx) => ldap(ctx, (tags) => ({ [tags.bind]: user })),
  'services.ldapPassword': (password, ctx) => ldap(ctx, (tags) => ({ [tags.password]: password })),
  'services.ldapNameFilter': nameFilter,
  'services.ldapNumberFilter': { notMapped: FORM_UNKNOWN('LDAP_Item_3_Filter and LDAP_item_4_Filter') },
  'services.ldapNameAttributes': (_names, ctx) => displayAttributes(ctx),
  'services.ldapNumberAttributes': (_numbers, ctx) => displayAttributes(ctx),
  'services.ldapDisplay': {
    unsupported: 'Cisco guides, "Display Attributes": attributes are listed one by one, there is no pattern',
  },
  'services.ldapMaxHits': { notMapped: 'no SPA guide or template names a limit of hits' },

  'services.phonebooks': {
    set: (books, ctx) => {
      const [first] = books;
      if (isAta(ctx.model) || first === undefined) return noDirectory(ctx);
      const params = remoteDirectory(first.name, first.url);
      return books.length === 1
        ? params
        : partly(params, `SPA guides, "XML Directory Service": one phone book, not ${books.length}; the first holds`);
    },
    clear: (ctx) => (isAta(ctx.model) ? {} : remoteDirectory('', '')),
  },
  'services.directoryLookupUrl': (url, ctx) => {
    if (isAta(ctx.model)) return noDirectory(ctx);
    return ctx.get('services.phonebooks') === undefined
      ? remoteDirectory('Directory', url)
      : cannot('SPA guides, "XML Directory Service": one URL, which the phone book has taken');
  },
  'services.xmlBrowserUrl': (url, ctx) =>
    isAta(ctx.model)
      ? noDirectory(ctx)
      : { XML_Application_Service_Name: 'Services', XML_Application_Service_URL: url },
  'services.multicastListen': {
    set: paging,
    clear: (ctx) => (hasPaging(ctx) ? { Group_Paging_Script: '' } : {}),
  },
  'services.actionUrls': { unsupported: 'SPA administrator guides: the phones call no URL when something happens' },
};
