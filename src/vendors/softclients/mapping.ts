import { hostPort } from '../../domain/sip-uri.ts';
import { cannot, partly, type MapContext, type Mapping, type Params, type Partly } from '../kit/driver.ts';
import { inSection, lineMapping } from './line.ts';
import { fileUrl } from './requests.ts';

const fromComputer = { unsupported: 'Linphone is a program: the network is its computer’s own' };
const fromClock = { unsupported: 'Linphone is a program: date and time are its computer’s own' };
const fromDesktop = { unsupported: 'Linphone is a program: language, tones and pictures are chosen on its computer' };
const noAccounts = {
  unsupported: 'Linphone is a program: it has no web interface and no Admin or User account of its own',
};
const noInstaller = {
  unsupported: 'Linphone is a program: it is upgraded by its computer’s package manager or app store',
};
const startOnly = { unsupported: 'Linphone fetches its configuration when it starts, at no other time (seen: 5.1.65)' };
const noService = { unsupported: 'Linphone has no such service of a desk phone' };
const noKeys = { unsupported: 'Linphone is a program without programmable keys' };
const unnamed = (what: string) => ({ notMapped: `no source names Linphone’s parameter for ${what}` });
const ldap = { notMapped: 'Linphone has an LDAP search, but no source names its section, and none was tried' };

const YES_NO = (on: boolean): string => (on ? '1' : '0');

/** Our own name for the one NAT policy; without it the client makes a new section with a name of its own at every start. */
const NAT_POLICY = 'offhook';

// seen: 5.1.65 takes section, reference and account reference, and drops all of them when they come empty.
function stun(host: string, ctx: MapContext): Params {
  const server = hostPort(host, ctx.get('network.stunPort'));
  return {
    ...inSection('nat_policy_0', { ref: NAT_POLICY, stun_server: server, protocols: 'stun' }),
    'net/nat_policy_ref': NAT_POLICY,
    ...Object.fromEntries(ctx.lines.map((_line, index) => [`proxy_${index}/nat_policy_ref`, NAT_POLICY])),
  };
}

/** Whether the client is to come back at its next start. */
export const comesBack = (ctx: MapContext): boolean =>
  ctx.get('provisioning.syncMethods')?.includes('power_on') ?? true;

function whereTo(url: string, ctx: MapContext): Params | Partly {
  if (!/^https?:/i.test(url)) return cannot('Linphone fetches by http and https only (seen: 5.1.65 refuses tftp)');
  return comesBack(ctx) ? { 'misc/config-uri': fileUrl(url) } : {};
}

function syncMethods(ctx: MapContext, methods: readonly string[]): Params | Partly {
  const params: Params = comesBack(ctx) ? {} : { 'misc/config-uri': '' };
  const others = methods.filter((method) => method !== 'power_on');
  return others.length === 0 ? params : partly(params, `${startOnly.unsupported}: not ${others.join(', ')}`);
}

function rtpPorts(min: number, ctx: MapContext): Params | Partly {
  const max = ctx.get('network.rtpPortMax');
  return max === undefined
    ? cannot('Linphone takes a range of RTP ports only with both ends: network.rtpPortMax is not set')
    : { 'rtp/audio_rtp_port': `${min}-${max}` };
}

// Source: public provisioning templates for Linphone (names of nat_policy, net, misc), and seen on 5.1.65 (what it does).
const networkMapping = {
  'network.ipMode': fromComputer,
  'network.ipAddress': fromComputer,
  'network.netmask': fromComputer,
  'network.gateway': fromComputer,
  'network.dns1': fromComputer,
  'network.dns2': fromComputer,
  'network.vlanId': fromComputer,
  'network.vlanPriority': fromComputer,
  'network.pcVlanId': fromComputer,
  'network.pcVlanPriority': fromComputer,
  'network.lldp': fromComputer,
  'network.cdp': fromComputer,
  'network.stunServer': stun,
  'network.stunPort': { partOf: 'network.stunServer' },
  'network.rport': (on) => ({ 'sip/use_rport': YES_NO(on) }),
  // In milliseconds (seen: 2000 sends an empty packet every two seconds).
  'network.natKeepAliveSeconds': (seconds) =>
    seconds === 0
      ? cannot('how Linphone is told to send no keep-alive is not known')
      : { 'sip/keepalive_period': String(seconds * 1000) },
  'network.dscpSip': { notMapped: 'sip/dscp was given to Linphone 5.1.65 and its packets still carried 0' },
  'network.dscpRtp': { notMapped: 'rtp/audio_dscp is in its library, but sip/dscp beside it had no effect on 5.1.65' },
  'network.rtpPortMin': rtpPorts,
  'network.rtpPortMax': { partOf: 'network.rtpPortMin' },
  'network.dot1xMethod': fromComputer,
  'network.dot1xIdentity': fromComputer,
  'network.dot1xPassword': fromComputer,
  'network.vpnEnabled': fromComputer,
  'network.vpnConfigUrl': fromComputer,
} as const satisfies Mapping;

const surroundingsMapping = {
  'time.ntp1': fromClock,
  'time.ntp2': fromClock,
  'time.zone': fromClock,
  'time.dateFormat': fromClock,
  'time.hours24': fromClock,
  'ui.language': fromDesktop,
  'ui.toneCountry': fromDesktop,
  'ui.customTones': fromDesktop,
  'ui.ringtone': fromDesktop,
  'ui.backlightSeconds': fromDesktop,
  'ui.wallpaperUrl': fromDesktop,
  'ui.screensaverSeconds': fromDesktop,
  'logging.syslogServer': noService,
  'logging.syslogPort': noService,
  'logging.level': unnamed('the log level'),
} as const satisfies Mapping;

// Source: `verify_server_certs` and `verify_server_cn` stand in the file that 5.1.65 writes itself. unverified: that 0 lets it
// accept any server; only the check itself was seen at work.
const securityMapping = {
  'security.adminPassword': noAccounts,
  'security.userPassword': noAccounts,
  'security.webUi': noAccounts,
  'security.userWebUi': noAccounts,
  'security.userAccess': noAccounts,
  'security.directIpCalls': unnamed('refusing direct calls'),
  'security.trustedServersOnly': unnamed('trusted servers'),
  'security.allowedDomains': { unsupported: 'Linphone has no list of domains it may use' },
  // Holds for SIP over TLS as well, and from the next start on: the first fetch is checked by what is on the computer.
  'security.serverTrust': (trust) =>
    trust === 'install_ca'
      ? cannot('sip/root_ca is the path of a file on the computer: a CA cannot be installed from here')
      : inSection('sip', {
          verify_server_certs: YES_NO(trust === 'check'),
          verify_server_cn: YES_NO(trust === 'check'),
        }),
} as const satisfies Mapping;

const provisioningMapping = {
  // The URL holds the phone's token.
  'provisioning.url': whereTo,
  'provisioning.user': unnamed('the login at the provisioning server; the token in the URL is the proof'),
  'provisioning.password': unnamed('the login at the provisioning server; the token in the URL is the proof'),
  // Empty, the entry goes from the client's file and the next start fetches nothing (seen: 5.1.65).
  'provisioning.syncMethods': (methods, ctx) => syncMethods(ctx, methods),
  'provisioning.resyncEveryMinutes': startOnly,
  'provisioning.resyncAt': startOnly,
  'provisioning.randomDelaySeconds': startOnly,
  'provisioning.retryDelaySeconds': startOnly,
  'provisioning.firmwarePolicy': noInstaller,
  'provisioning.firmwareUrl': noInstaller,
  'provisioning.firmwareRetryDelaySeconds': noInstaller,
} as const satisfies Mapping;

const servicesMapping = {
  'services.ldapServer': ldap,
  'services.ldapPort': ldap,
  'services.ldapTls': ldap,
  'services.ldapBase': ldap,
  'services.ldapUser': ldap,
  'services.ldapPassword': ldap,
  'services.ldapNameFilter': ldap,
  'services.ldapNumberFilter': ldap,
  'services.ldapNameAttributes': ldap,
  'services.ldapNumberAttributes': ldap,
  'services.ldapDisplay': ldap,
  'services.ldapMaxHits': ldap,
  'services.phonebooks': noService,
  'services.directoryLookupUrl': noService,
  'services.xmlBrowserUrl': noService,
  'services.multicastListen': noService,
  'services.actionUrls': noService,
} as const satisfies Mapping;

const featuresMapping = {
  'features.callWaiting': unnamed('call waiting'),
  'features.dnd': { unsupported: 'do not disturb is the user’s presence, not a setting' },
  'features.forwardAlways': noService,
  'features.forwardBusy': noService,
  'features.forwardNoAnswer': noService,
  'features.forwardNoAnswerSeconds': noService,
  'features.keyDuringCall': noKeys,
  'features.transferOnHangup': noService,
  'features.hotlineNumber': noService,
  'features.hotlineDelaySeconds': noService,
  'features.intercom': unnamed('answering intercom calls'),
  'features.featureSync': noService,
  'features.pickupCode': noKeys,
  'features.groupPickupCode': noKeys,
  'features.enhancedKeys': noKeys,
} as const satisfies Mapping;

export const mapping: Mapping = {
  ...lineMapping,
  ...networkMapping,
  ...surroundingsMapping,
  ...securityMapping,
  ...provisioningMapping,
  ...servicesMapping,
  ...featuresMapping,
};

/**
 * seen: left to itself, 5.1.65 saves an account's credentials as `ha1` and `realm`. At the next start it fetches, puts the
 * given `passwd` beside what it had saved, can use neither and asks its user for the password, although nothing had changed;
 * and a changed password never arrives. With `store_auth_info=0` it keeps no credential on disk and takes those of each
 * fetch. A client that is not to come back must store them.
 */
export const always = (ctx: MapContext): Params =>
  inSection('sip', { default_proxy: '0', store_auth_info: YES_NO(!comesBack(ctx)) });

/**
 * Empty with `overwrite` takes an entry out of the client's file; emptied accounts are gone at that same start (seen: 5.1.65).
 * The URL is never emptied for being absent from a configuration: the client would be lost. `provisioning.syncMethods` does
 * that where it is meant.
 */
export const cleared = (name: string): string | undefined => (name === 'misc/config-uri' ? undefined : '');
