import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  gapsOf,
  openOffice,
  pick,
  type Gap,
  type Office,
  type OfEach,
  type OwnFile,
  type Wanted,
} from '../kit/office.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';

// What the product sets on phones: written through the API, fetched by a phone of each of four makers at its own URL over
// HTTPS, and compared with the maker's own parameters. Each thing is written twice: what never changes proves nothing.

let offhook: TestProduct;
beforeAll(async () => {
  offhook = await startTestProduct();
});
afterAll(() => offhook.close());

const fetchText = async (url: string): Promise<string> => (await ask(url)).text;

type Expected = OfEach<Readonly<Record<string, string | undefined>>>;

function expectParams(files: OfEach<OwnFile>, expected: Expected): void {
  for (const maker of Object.keys(expected) as (keyof Expected)[]) {
    const file = files[maker];
    expect(file.url).toMatch(/^https:/);
    expect(file.answer.status, file.url).toBe(200);
    expect(pick(file, expected[maker]), maker).toEqual(expected[maker]);
  }
}

/** Fetches after each of these states was written, and compares. */
async function expectInTurn(
  tenant: string,
  turns: readonly { readonly wanted: Wanted | OfEach<Wanted>; readonly expected: Expected }[],
): Promise<Office> {
  const office = await openOffice(offhook, tenant);
  for (const { wanted, expected } of turns) {
    await office.write(wanted);
    expectParams(await office.fetch(), expected);
  }
  return office;
}

test('S4.2 phones get the SIP user names and passwords of their extensions, and new ones when those change', async () => {
  const login = (user: string, password: string): Expected => ({
    yealink: {
      'account.1.enable': '1',
      'account.1.user_name': user,
      'account.1.auth_name': `auth-${user}`,
      'account.1.password': password,
      'account.1.sip_server.1.address': 'pbx.example.com',
    },
    snom: {
      'user_name[1]': user,
      'user_pname[1]': `auth-${user}`,
      'user_pass[1]': password,
      'user_host[1]': 'pbx.example.com',
    },
    polycom: { 'reg.1.address': user, 'reg.1.auth.userId': `auth-${user}`, 'reg.1.auth.password': password },
    'cisco-spa': { User_ID_1_: user, Use_Auth_ID_1_: 'Yes', Auth_ID_1_: `auth-${user}`, Password_1_: password },
  });
  await expectInTurn('s4-2', [
    {
      wanted: { extension: { user: 'alice', authUser: 'auth-alice', password: 'sip-secret-one' } },
      expected: login('alice', 'sip-secret-one'),
    },
    {
      wanted: { extension: { user: 'bob', authUser: 'auth-bob', password: 'sip-secret-two' } },
      expected: login('bob', 'sip-secret-two'),
    },
  ]);
});

test('S4.3 network options reach the phones: address, gateway, name server, voice VLAN', async () => {
  const network = (host: string, vlan: string): Expected => ({
    yealink: {
      'static.network.internet_port.type': '2',
      'static.network.internet_port.ip': `192.0.2.${host}`,
      'static.network.internet_port.mask': '255.255.255.0',
      'static.network.internet_port.gateway': '192.0.2.1',
      'static.network.primary_dns': '192.0.2.53',
      'static.network.vlan.internet_port_enable': '1',
      'static.network.vlan.internet_port_vid': vlan,
    },
    snom: {
      dhcp: 'off',
      ip_adr: `192.0.2.${host}`,
      netmask: '255.255.255.0',
      gateway: '192.0.2.1',
      dns_server1: '192.0.2.53',
      vlan_id: vlan,
    },
    polycom: {
      'device.dhcp.enabled': '0',
      'device.dhcp.enabled.set': '1',
      'device.net.ipAddress': `192.0.2.${host}`,
      'device.net.subnetMask': '255.255.255.0',
      'device.net.IPgateway': '192.0.2.1',
      'device.dns.serverAddress': '192.0.2.53',
      'device.net.vlanId': vlan,
    },
    'cisco-spa': {
      Connection_Type: 'Static IP',
      Static_IP: `192.0.2.${host}`,
      NetMask: '255.255.255.0',
      Gateway: '192.0.2.1',
      Primary_DNS: '192.0.2.53',
      Enable_VLAN: 'Yes',
      VLAN_ID: vlan,
    },
  });
  const wanted = (host: string, vlan: number): Wanted => ({
    settings: {
      'network.ipMode': 'static',
      'network.ipAddress': `192.0.2.${host}`,
      'network.netmask': '255.255.255.0',
      'network.gateway': '192.0.2.1',
      'network.dns1': '192.0.2.53',
      'network.vlanId': vlan,
    },
  });
  const office = await expectInTurn('s4-3', [
    { wanted: wanted('10', 20), expected: network('10', '20') },
    { wanted: wanted('11', 42), expected: network('11', '42') },
  ]);
  await office.write({ settings: { 'network.ipMode': 'dhcp' } });
  expectParams(await office.fetch(), {
    yealink: { 'static.network.internet_port.type': '0' },
    snom: { dhcp: 'on' },
    polycom: { 'device.dhcp.enabled': '1' },
    'cisco-spa': { Connection_Type: 'DHCP' },
  });
});

test('S4.4 time settings reach the phones: time server, zone with its summer time, clock face', async () => {
  await expectInTurn('s4-4', [
    {
      wanted: { settings: { 'time.ntp1': 'ntp.example.com', 'time.zone': 'Europe/Berlin', 'time.hours24': true } },
      expected: {
        yealink: {
          'local_time.ntp_server1': 'ntp.example.com',
          'local_time.time_zone': '+1',
          'local_time.summer_time': '1',
          'local_time.time_format': '1',
        },
        snom: { ntp_server: 'ntp.example.com', timezone: 'GER+1', time_24_format: 'on' },
        polycom: {
          'tcpIpApp.sntp.address': 'ntp.example.com',
          'tcpIpApp.sntp.gmtOffset': '3600',
          'tcpIpApp.sntp.daylightSavings.enable': '1',
          'lcl.datetime.time.24HourClock': '1',
        },
        'cisco-spa': {
          Primary_NTP_Server: 'ntp.example.com',
          Time_Zone: 'GMT+01:00',
          Daylight_Saving_Time_Rule: 'start=3/-1/7/2:0:0;end=10/-1/7/3:0:0;save=1:0:0',
          Time_Format: '24hr',
        },
      },
    },
    {
      wanted: { settings: { 'time.ntp1': 'ntp2.example.com', 'time.zone': 'America/Phoenix', 'time.hours24': false } },
      expected: {
        yealink: {
          'local_time.ntp_server1': 'ntp2.example.com',
          'local_time.time_zone': '-7',
          'local_time.summer_time': '0',
          'local_time.time_format': '0',
        },
        snom: { ntp_server: 'ntp2.example.com', timezone: 'USA2-7', dst: '', time_24_format: 'off' },
        polycom: {
          'tcpIpApp.sntp.address': 'ntp2.example.com',
          'tcpIpApp.sntp.gmtOffset': '-25200',
          'tcpIpApp.sntp.daylightSavings.enable': '0',
          'lcl.datetime.time.24HourClock': '0',
        },
        'cisco-spa': {
          Primary_NTP_Server: 'ntp2.example.com',
          Time_Zone: 'GMT-07:00',
          Daylight_Saving_Time_Enable: 'No',
          Time_Format: '12hr',
        },
      },
    },
  ]);
});

test('S4.5 quality of service reaches the phones: DSCP of signalling and voice, in the unit each maker counts in', async () => {
  // RFC 2474 §3: the code point is the upper six bits of the octet, so makers who write the octet write four times as much.
  const marks = (sip: number, rtp: number): Expected => ({
    yealink: { 'static.network.qos.signaltos': String(sip), 'static.network.qos.audiotos': String(rtp) },
    snom: { signaling_tos: String(sip * 4), codec_tos: String(rtp * 4) },
    polycom: { 'qos.ip.callControl.dscp': String(sip), 'qos.ip.rtp.dscp': String(rtp) },
    'cisco-spa': {
      SIP_TOS_DiffServ_Value_1_: `0x${(sip * 4).toString(16)}`,
      RTP_TOS_DiffServ_Value_1_: `0x${(rtp * 4).toString(16)}`,
    },
  });
  await expectInTurn('s4-5', [
    { wanted: { settings: { 'network.dscpSip': 26, 'network.dscpRtp': 46 } }, expected: marks(26, 46) },
    { wanted: { settings: { 'network.dscpSip': 24, 'network.dscpRtp': 34 } }, expected: marks(24, 34) },
  ]);
});

test('S4.6 dial plans reach the phones in their maker’s own grammar', async () => {
  const plans = (last: string): OfEach<string> => ({
    yealink: `[2-7]xx|0xxxxxx.T|${last}`,
    snom: `|^0(.*)|sip:\\1@\\d|d|^${last}$|sip:${last}@\\d|d`,
    polycom: `[2-7]xx|0xxxxxx.T|${last}`,
    'cisco-spa': `([2-7]xx|<9:>0xxxxxx.|${last})`,
  });
  const wanted = (last: string): OfEach<Wanted> => {
    const plan = plans(last);
    return {
      yealink: { line: { 'line.dialPlan': plan.yealink } },
      snom: { line: { 'line.dialPlan': plan.snom } },
      polycom: { line: { 'line.dialPlan': plan.polycom } },
      'cisco-spa': { line: { 'line.dialPlan': plan['cisco-spa'] } },
    };
  };
  const expected = (last: string): Expected => {
    const plan = plans(last);
    return {
      yealink: {
        'dialplan.digitmap.enable': '1',
        'account.1.dialplan.digitmap.enable': '1',
        'account.1.dialplan.digitmap.string': plan.yealink,
      },
      snom: { 'user_dp_str[1]': plan.snom },
      polycom: { 'dialplan.1.digitmap': plan.polycom },
      'cisco-spa': { Dial_Plan_1_: plan['cisco-spa'] },
    };
  };
  await expectInTurn('s4-6', [
    { wanted: wanted('112'), expected: expected('112') },
    { wanted: wanted('911'), expected: expected('911') },
  ]);
});

test('S4.7 the firmware policy reaches the phones: which image, or none at all', async () => {
  const url = 'https://prov.example.com/firmware/image-2.bin';
  const wanted = (policy: 'auto' | 'never'): Wanted => ({
    settings: { 'provisioning.firmwarePolicy': policy, 'provisioning.firmwareUrl': url },
  });
  const office = await expectInTurn('s4-7', [
    {
      wanted: wanted('auto'),
      expected: {
        yealink: { 'static.firmware.url': url },
        snom: { update_policy: 'auto_update', firmware: url },
        polycom: {},
        'cisco-spa': { Upgrade_Enable: 'Yes', Upgrade_Rule: url },
      },
    },
  ]);
  const master = async (): Promise<string> => {
    const { url: settings } = (await office.fetch()).polycom;
    return (await fetchText(settings.replace(/[^/]+$/, `${office.macs.polycom}.cfg`))).replace(/\s+/g, ' ');
  };
  expect(await master()).toContain(`APP_FILE_PATH="${url}"`);
  await office.write(wanted('never'));
  const files = await office.fetch();
  expectParams(files, {
    yealink: { 'static.firmware.url': '%NULL%' },
    snom: { update_policy: 'settings_only' },
    polycom: {},
    'cisco-spa': { Upgrade_Enable: 'No', Upgrade_Rule: '' },
  });
  expect(files.yealink.answer.text).not.toContain(url);
  expect(await master()).not.toContain(url);
});

test('S4.8 soft keys are programmed where the maker has them, and refused as a slot where it has none', async () => {
  const keys = (first: object): Wanted => ({ keys: { 'key/1': { key: { type: 'line', line: 1 } }, 'soft/1': first } });
  const withSoftKey = (first: object): OfEach<Wanted> => ({
    yealink: keys(first),
    snom: keys(first),
    polycom: keys(first),
    'cisco-spa': {},
  });
  const office = await expectInTurn('s4-8', [
    {
      wanted: withSoftKey({ key: { type: 'xml_browser', url: 'https://pbx.example.com/menu.xml', label: 'Menu' } }),
      expected: {
        yealink: {
          'programablekey.1.type': '27',
          'programablekey.1.value': 'https://pbx.example.com/menu.xml',
          'programablekey.1.label': 'Menu',
        },
        snom: { 'context_key[0]': 'url https://pbx.example.com/menu.xml' },
        polycom: {
          'softkey.1.enable': '1',
          'softkey.1.label': 'Menu',
          'softkey.1.action': 'https://pbx.example.com/menu.xml',
        },
        'cisco-spa': {},
      },
    },
    {
      wanted: withSoftKey({ key: { type: 'none' } }),
      expected: {
        yealink: { 'programablekey.1.type': '0' },
        snom: { 'context_key[0]': 'keyevent F_NONE' },
        polycom: { 'softkey.1.enable': '0' },
        'cisco-spa': {},
      },
    },
  ]);
  const refused = await offhook.api('PATCH', `/tenants/s4-8/phones/${office.macs['cisco-spa']}`, {
    keys: { 'soft/1': { key: { type: 'dnd' } } },
  });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('soft/1');
});

test('S4.9 DSS and BLF keys are programmed on every maker’s phones', async () => {
  const keys = (watched: string, dialled: string): Wanted => ({
    keys: {
      'key/1': { key: { type: 'line', line: 1 } },
      'key/2': { key: { type: 'blf', line: 1, watch: watched, label: 'Watched' } },
      'key/3': { key: { type: 'speed_dial', line: 1, dial: dialled, label: 'Dialled' } },
    },
  });
  const expected = (watched: string, dialled: string): Expected => ({
    yealink: {
      'linekey.1.type': '15',
      'linekey.2.type': '16',
      'linekey.2.value': watched,
      'linekey.2.label': 'Watched',
      'linekey.3.type': '13',
      'linekey.3.value': dialled,
    },
    snom: { 'fkey[0]': 'line', 'fkey[1]': `blf ${watched}`, 'fkey[2]': `speed ${dialled}` },
    polycom: {
      'lineKey.2.category': 'BLF',
      'attendant.resourceList.1.address': watched,
      'attendant.resourceList.1.label': 'Watched',
      'lineKey.3.category': 'SpeedDial',
    },
    'cisco-spa': {
      Extension_1_: '1',
      Extension_2_: 'Disabled',
      Short_Name_2_: 'Watched',
      Extended_Function_2_: `fnc=sd+blf+cp;sub=${watched}@$PROXY;nme=Watched`,
      Extended_Function_3_: `fnc=sd;ext=${dialled}@$PROXY;nme=Dialled`,
    },
  });
  const office = await expectInTurn('s4-9', [
    { wanted: keys('203', '0301234567'), expected: expected('203', '0301234567') },
    { wanted: keys('204', '0307654321'), expected: expected('204', '0307654321') },
  ]);
  const { polycom } = await office.fetch();
  // A speed dial of this maker is an entry of the directory that the key's number names.
  const directory = await fetchText(polycom.url.replace(/[^/]+$/, `${office.macs.polycom}-directory.xml`));
  expect(directory).toMatch(/<ct>0307654321<\/ct>\s*<sd>3<\/sd>/);
});

test('S4.10 security settings reach the phones: passwords, web interface, calls to addresses', async () => {
  await expectInTurn('s4-10', [
    {
      wanted: {
        settings: {
          'security.adminPassword': 'Adm1n-secret',
          'security.userPassword': 'Us3r-secret',
          'security.webUi': 'off',
          'security.directIpCalls': false,
        },
      },
      expected: {
        yealink: {
          'static.wui.http_enable': '0',
          'static.wui.https_enable': '0',
          'features.direct_ip_call_enable': '0',
        },
        snom: {
          webserver_admin_password: 'Adm1n-secret',
          admin_mode_password: 'Adm1n-secret',
          webserver_user_password: 'Us3r-secret',
          webserver_type: 'off',
          block_url_dialing: 'on',
        },
        polycom: {
          'device.auth.localAdminPassword': 'Adm1n-secret',
          'device.auth.localAdminPassword.set': '1',
          'device.auth.localUserPassword': 'Us3r-secret',
          'httpd.enabled': '0',
          'feature.urlDialing.enabled': '0',
        },
        'cisco-spa': {
          Admin_Passwd: 'Adm1n-secret',
          User_Password: 'Us3r-secret',
          Enable_Web_Server: 'No',
          Enable_IP_Dialing_1_: 'No',
        },
      },
    },
    {
      wanted: {
        settings: {
          'security.adminPassword': 'Adm1n-renewed',
          'security.webUi': 'http',
          'security.directIpCalls': true,
        },
      },
      expected: {
        yealink: {
          'static.wui.http_enable': '1',
          'static.wui.https_enable': '0',
          'features.direct_ip_call_enable': '1',
        },
        snom: { webserver_admin_password: 'Adm1n-renewed', webserver_type: 'http', block_url_dialing: 'off' },
        polycom: {
          'device.auth.localAdminPassword': 'Adm1n-renewed',
          'httpd.enabled': '1',
          'httpd.cfg.secureTunnelRequired': '0',
          'feature.urlDialing.enabled': '1',
        },
        'cisco-spa': { Admin_Passwd: 'Adm1n-renewed', Enable_Web_Server: 'Yes', Enable_IP_Dialing_1_: 'Yes' },
      },
    },
  ]);
  // The one parameter that stands twice in a file, once for each account.
  const office = await openOffice(offhook, 's4-10b', {
    settings: { 'security.adminPassword': 'Adm1n-secret', 'security.userPassword': 'Us3r-secret' },
  });
  const lines = (await office.fetch()).yealink.answer.text.split('\n');
  expect(lines.filter((line) => line.startsWith('static.security.user_password')).toSorted()).toEqual([
    'static.security.user_password = admin:Adm1n-secret',
    'static.security.user_password = user:Us3r-secret',
  ]);
});

test('S4.11 each DTMF mode reaches the phones, and a mode that a maker lacks is told as a gap', async () => {
  const modes = {
    rfc2833: ['1', 'off', 'AVT'],
    info: ['2', 'sip_info_only', 'INFO'],
    inband: ['0', 'off', 'InBand'],
    rfc2833_and_info: ['3', 'on', 'AVT+INFO'],
  } as const;
  const office = await expectInTurn(
    's4-11',
    Object.entries(modes).map(([mode, [yealink, snom, spa]]) => ({
      wanted: { line: { 'line.dtmf': mode, 'line.codecs': ['pcma'] } },
      expected: {
        yealink: { 'account.1.dtmf.type': yealink },
        // In-band is the absence of the event codec.
        snom: {
          'user_dtmf_info[1]': snom,
          'codec_priority_list[1]': mode === 'inband' ? 'pcma' : 'pcma,telephone-event',
        },
        polycom: { 'tone.dtmf.rfc2833Control': mode === 'inband' ? '0' : '1' },
        'cisco-spa': { DTMF_Tx_Method_1_: spa },
      },
    })),
  );
  await office.write({ line: { 'line.dtmf': 'info' } });
  const wantedIn = (gaps: readonly Gap[]): readonly string[] => gaps.map(({ wanted }) => wanted);
  expect(wantedIn(await gapsOf(offhook, 's4-11', office.macs.polycom))).toContain('line.dtmf');
  expect(wantedIn(await gapsOf(offhook, 's4-11', office.macs.yealink))).not.toContain('line.dtmf');
});

test('S4.12 LDAP reaches the phones: server, base, login, filter, attributes', async () => {
  const wanted = (base: string): Wanted => ({
    settings: {
      'services.ldapServer': 'ldap.example.com',
      'services.ldapBase': base,
      'services.ldapUser': 'cn=phones,dc=example,dc=com',
      'services.ldapPassword': 'ldap-secret',
      'services.ldapNameFilter': '(|(cn=%)(sn=%))',
      'services.ldapNameAttributes': ['cn', 'sn'],
      'services.ldapNumberAttributes': ['telephoneNumber'],
    },
  });
  const expected = (base: string): Expected => ({
    yealink: {
      'ldap.enable': '1',
      'ldap.host': 'ldap.example.com',
      'ldap.base': base,
      'ldap.user': 'cn=phones,dc=example,dc=com',
      'ldap.password': 'ldap-secret',
      'ldap.name_filter': '(|(cn=%)(sn=%))',
      'ldap.name_attr': 'cn sn',
      'ldap.numb_attr': 'telephoneNumber',
    },
    snom: {
      ldap_server: 'ldap.example.com',
      ldap_base: base,
      ldap_username: 'cn=phones,dc=example,dc=com',
      ldap_password: 'ldap-secret',
      ldap_search_filter: '(|(cn=%)(sn=%))',
      ldap_name_attributes: 'cn sn',
      ldap_number_attributes: 'telephoneNumber',
    },
    polycom: {
      'feature.corporateDirectory.enabled': '1',
      'dir.corp.address': 'ldap.example.com',
      'dir.corp.baseDN': base,
      'dir.corp.user': 'cn=phones,dc=example,dc=com',
      'dir.corp.password': 'ldap-secret',
      'dir.corp.attribute.2.name': 'sn',
      'dir.corp.attribute.3.name': 'telephoneNumber',
      'dir.corp.attribute.3.type': 'phone_number',
    },
    'cisco-spa': {
      LDAP_Dir_Enable: 'Yes',
      LDAP_Server: 'ldap.example.com',
      LDAP_Search_Base: base,
      LDAP_Client_DN: 'cn=phones,dc=example,dc=com',
      LDAP_Password: 'ldap-secret',
      LDAP_Last_Name_Filter: 'cn:(|(cn=$VALUE)(sn=$VALUE))',
    },
  });
  await expectInTurn('s4-12', [
    { wanted: wanted('ou=people,dc=example,dc=com'), expected: expected('ou=people,dc=example,dc=com') },
    { wanted: wanted('ou=sales,dc=example,dc=com'), expected: expected('ou=sales,dc=example,dc=com') },
  ]);
});
