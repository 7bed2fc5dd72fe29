import { describe, expect, test } from 'vitest';
import { goldenTests } from '../../../test/kit/golden.ts';
import { renderPhone, type NeutralPhone } from '../../../test/kit/render-input.ts';
import { parseFirmwareVersion } from '../../domain/firmware-version.ts';
import type { ServerTrust } from '../../domain/settings/security.ts';
import { snom } from './index.ts';
import { modelNamed } from './models.ts';
import { snomZone } from './timezone.ts';

const { driver } = snom;
goldenTests(driver, new URL('./golden/', import.meta.url));

const LINE = { 'line.user': '201', 'line.password': 'sip-secret-201', 'line.serverHost': 'pbx.example.com' };

const rendered = (phone: Partial<NeutralPhone>) => {
  const { params, gaps, text } = renderPhone(driver, {
    model: 'D785',
    mac: '000413a11fa7',
    bare: true,
    ...phone,
  });
  const named = new Map(params.map((param) => [param.name, param.value]));
  return { named, gaps: gaps.map((gap) => `${gap.wanted}: ${gap.reason}`), text };
};

describe('resync', () => {
  const methods = (list: readonly string[], more: Record<string, unknown> = {}, firmware = '10.1.198.19') =>
    rendered({ firmware, settings: { 'provisioning.syncMethods': list, ...more } });

  test('at an interval polls on 10.1 and uses the refresh timer on 8', () => {
    const period = { 'provisioning.resyncEveryMinutes': 60 };
    const on10 = methods(['power_on', 'periodic', 'sip_notify'], period).named;
    expect(on10.get('prov_polling_mode')).toBe('rel');
    expect(on10.get('prov_polling_period')).toBe('3600');
    expect(on10.get('settings_refresh_timer')).toBe('0');
    const on8 = methods(['power_on', 'periodic', 'sip_notify'], period, '8.7.5.35').named;
    expect(on8.get('settings_refresh_timer')).toBe('3600');
    expect(on8.has('prov_polling_enabled')).toBe(false);
  });

  test('at a time of day is absolute, and with a delay a daily window over midnight', () => {
    const at = { 'provisioning.resyncAt': '23:50' };
    expect(methods(['power_on', 'at_time', 'sip_notify'], at).named.get('prov_polling_mode')).toBe('abs');
    const window = methods(['power_on', 'at_time', 'sip_notify'], { ...at, 'provisioning.randomDelaySeconds': 601 });
    expect(window.named.get('prov_polling_mode')).toBe('random');
    expect(window.named.get('prov_polling_time_rand_end')).toBe('00:01');
    expect(window.named.get('prov_polling_period')).toBe('86400');
    expect(window.gaps).toEqual([]);
  });

  test('never switches polling off, challenges a NOTIFY, and says what it cannot stop', () => {
    const { named, gaps } = methods([]);
    expect(named.get('prov_polling_enabled')).toBe('off');
    expect(named.get('settings_refresh_timer')).toBe('0');
    expect(named.get('challenge_checksync')).toBe('on');
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatch(/every start.*NOTIFY/);
  });

  test('both at an interval and at a time keeps the time and says so', () => {
    const { named, gaps } = methods(['power_on', 'periodic', 'at_time', 'sip_notify'], {
      'provisioning.resyncAt': '03:00',
    });
    expect(named.get('prov_polling_time')).toBe('03:00');
    expect(gaps[0]).toMatch(/^provisioning.syncMethods: periodic/);
  });

  test('spread at random without a time of day is a gap', () => {
    expect(methods(['periodic'], { 'provisioning.randomDelaySeconds': 600 }).gaps.join()).toMatch(/window/);
  });
});

describe('a line', () => {
  const line = (settings: Record<string, unknown>, more: Partial<NeutralPhone> = {}) =>
    rendered({ lines: { 1: { ...LINE, ...settings } }, ...more });

  test('names registrar, port and transport in the outbound proxy', () => {
    expect(line({}).named.get('user_outbound[1]')).toBe('pbx.example.com;transport=udp');
    expect(line({ 'line.serverPort': 5060, 'line.transport': 'tcp' }).named.get('user_outbound[1]')).toBe(
      'pbx.example.com:5060;transport=tcp',
    );
  });

  test('keeps the registrar’s port in user_host when a proxy of its own takes its place', () => {
    const { named } = line({ 'line.serverPort': 5080, 'line.outboundProxyHost': 'sbc.example.com' });
    expect(named.get('user_host[1]')).toBe('pbx.example.com:5080');
    expect(named.get('user_outbound[1]')).toBe('sbc.example.com;transport=udp');
  });

  test('offers telephone-event unless digits go inband', () => {
    const codecs = { 'line.codecs': ['pcma', 'g726_32'] };
    expect(line({ ...codecs, 'line.dtmf': 'info' }).named.get('codec_priority_list[1]')).toBe(
      'pcma,g726-32,telephone-event',
    );
    expect(line({ ...codecs, 'line.dtmf': 'inband' }).named.get('codec_priority_list[1]')).toBe('pcma,g726-32');
    expect(line({ 'line.dtmf': 'inband' }).gaps[0]).toMatch(/codec list/);
    expect(line({ 'line.codecs': ['ilbc'] }).named.has('codec_priority_list[1]')).toBe(false);
  });

  test('shares one SIP port with the others: the first decides, another value is a gap', () => {
    const two = (port: number) =>
      rendered({ lines: { 1: { ...LINE, 'line.localSipPort': 15060 }, 2: { ...LINE, 'line.localSipPort': port } } });
    expect(two(15060).gaps).toEqual([]);
    expect(two(15061).gaps[0]).toMatch(/network_id_port/);
    expect(two(15061).named.get('network_id_port')).toBe('15060');
  });

  test('looks for the caller by a list from 10.1.39, and before that only knows whether to ignore PAI', () => {
    const source = { 'line.callerIdSource': 'rpid_from' };
    expect(line(source, { firmware: '10.1.39.11' }).named.get('contact_source_sip_priority')).toBe('RPID FROM');
    expect(line(source, { firmware: '10.1.33.33' }).gaps[0]).toMatch(/before 10.1.39/);
    expect(line({ 'line.callerIdSource': 'from' }, { firmware: '8.7.5.35' }).named.get('ignore_asserted_in_gui')).toBe(
      'on',
    );
  });

  test('subscribes to its mailbox by having a number, and cannot do otherwise', () => {
    expect(line({ 'line.mwiSubscribe': true }).gaps[0]).toMatch(/only where/);
    expect(line({ 'line.mwiSubscribe': false }).gaps).toEqual([]);
    expect(line({ 'line.mwiSubscribe': false, 'line.voicemailNumber': '*97' }).gaps[0]).toMatch(/always/);
  });

  test('that was taken away is switched off and loses its password', () => {
    const { named } = rendered({ lines: { 1: LINE }, given: ['user_active[2]', 'user_pass[2]', 'user_expiry[2]'] });
    expect(named.get('user_active[2]')).toBe('off');
    expect(named.get('user_pass[2]')).toBe('');
    expect(named.get('user_expiry[2]')).toBe('3600');
  });
});

describe('what belongs to the phone in one generation and to the identity in the next', () => {
  const settings = { 'features.callWaiting': true, 'features.dnd': true };
  const lines = { 1: LINE, 3: LINE };

  test('stands once below 10', () => {
    const { named } = rendered({ firmware: '8.7.5.35', settings, lines });
    expect(named.get('call_waiting')).toBe('on');
    expect(named.has('dnd_mode[1]')).toBe(false);
  });

  test('stands for each line in use from 10', () => {
    const { named } = rendered({ firmware: '10.1.33.33', settings, lines });
    expect(named.get('call_waiting[3]')).toBe('on');
    expect(named.has('call_waiting')).toBe(false);
    expect(named.has('dnd_mode[2]')).toBe(false);
  });
});

describe('forwards', () => {
  test('on old firmware know one event, and clearing ends it', () => {
    const { named, gaps } = rendered({
      firmware: '8.4.35',
      lines: { 1: LINE },
      settings: { 'features.forwardBusy': '301', 'features.forwardNoAnswer': '302' },
    });
    expect(named.get('redirect_event')).toBe('busy');
    expect(named.get('redirect_busy_number')).toBe('301');
    expect(gaps[0]).toMatch(/^features.forwardNoAnswer/);
    const after = rendered({ firmware: '8.4.35', settings: { 'features.forwardBusy': null } });
    expect(after.named.get('redirect_event')).toBe('none');
  });
});

describe('keys', () => {
  const keys = (layout: Record<string, unknown>, more: Partial<NeutralPhone> = {}) =>
    rendered({ lines: { 1: LINE }, keys: layout, ...more });

  test('of a module count on from the phone’s own', () => {
    const key = { key: { type: 'redial', label: '' } };
    expect(keys({ 'module/1/1': key }, { modules: 1 }).named.has('fkey[24]')).toBe(true);
    expect(keys({ 'module/3/18': key }, { modules: 3 }).named.has('fkey[77]')).toBe(true);
    expect(keys({ 'module/4/1': key }, { modules: 4 }).gaps).toHaveLength(1);
    expect(keys({ 'module/1/1': key }, { modules: 1, model: 'D120' }).gaps).toHaveLength(1);
  });

  test('that are cleared are blank, not lines again', () => {
    const { named } = keys({ 'key/1': { clear: true } }, { given: ['fkey[4]', 'fkey[4].context', 'fkey[4].label'] });
    expect(named.get('fkey[0]')).toBe('none');
    expect(named.get('fkey[4]')).toBe('none');
    expect(named.get('fkey[4].context')).toBe('active');
  });

  test('take their pickup code from the key, else from the phone', () => {
    const blf = (pickupCode?: string) => ({
      'key/1': { key: { type: 'blf', line: 1, watch: '202', label: 'Bob', ...(pickupCode ? { pickupCode } : {}) } },
    });
    const settings = { 'features.pickupCode': '**' };
    expect(keys(blf(), { settings }).named.get('fkey[0]')).toBe('blf 202|**');
    expect(keys(blf('*8'), { settings }).named.get('fkey[0]')).toBe('blf 202|*8');
    expect(keys(blf()).named.get('fkey[0]')).toBe('blf 202');
  });

  test('of an identity that the phone does not have are gaps', () => {
    const { gaps } = keys({ 'key/1': { key: { type: 'line', line: 3, label: '' } } }, { model: 'D120' });
    expect(gaps[0]).toMatch(/2 identities/);
  });

  test('under the display are named anew in 10.1, counting from 0', () => {
    const soft = { 'soft/1': { key: { type: 'dnd', label: '' } } };
    expect(keys(soft, { firmware: '10.1.33.33' }).named.get('context_key[0]')).toBe('keyevent F_DND');
    expect(keys(soft, { firmware: '8.7.5.35', model: '720' }).named.get('gui_fkey1')).toBe('keyevent F_DND');
  });

  test('cannot have their label end the attribute', () => {
    const label = '"><fkey idx="1">line</fkey>';
    const { text } = keys({ 'key/1': { key: { type: 'redial', label } } });
    expect(text.match(/<fkey/g)).toHaveLength(1);
    expect(driver.codec.read(text, 'settings')).toContainEqual({ name: 'fkey[0].label', value: label });
  });
});

describe('the permission flag', () => {
  const permOf = (text: string, element: string): string | undefined =>
    new RegExp(`<${element}(?: [^>]*)? perm="([^"]*)"`).exec(text)?.[1];
  const settings = {
    'security.adminPassword': 'Adm1n-secret',
    'provisioning.password': 'prov-secret',
    'ui.language': 'de',
  };

  test('lets the phone into admin mode whatever the user may do', () => {
    for (const access of ['none', 'read', 'write'])
      expect(permOf(rendered({ settings: { ...settings, 'security.userAccess': access } }).text, 'admin_mode')).toBe(
        'RW',
      );
  });

  test('never lets the user change the admin’s or the provisioning password', () => {
    const { text, gaps } = rendered({ settings: { ...settings, 'security.userAccess': 'write' } });
    for (const name of ['http_pass', 'webserver_admin_password', 'admin_mode_password', 'http_client_pass'])
      expect(permOf(text, name), name).toBe('R');
    expect(permOf(text, 'language')).toBe('RW');
    expect(gaps[0]).toMatch(/read-only/);
  });

  test('is never the one with which the phone refuses later changes, and never empty or blank', () => {
    const { text } = rendered({ settings, lines: { 1: LINE }, keys: { 'key/1': { key: { type: 'none' } } } });
    expect(text).not.toMatch(/perm="(?!R"|RW")/);
  });

  test('leaves do-not-disturb and forwards to the person unless someone said otherwise', () => {
    const phone = { lines: { 1: LINE }, settings: { 'features.dnd': false } };
    expect(permOf(rendered(phone).text, 'dnd_mode')).toBe('RW');
    const locked = { ...phone, settings: { ...phone.settings, 'security.userAccess': 'read' } };
    expect(permOf(rendered(locked).text, 'dnd_mode')).toBe('R');
  });
});

describe('the admin password', () => {
  const names = (model: string, firmware: string) =>
    Array.from(rendered({ model, firmware, settings: { 'security.adminPassword': 'Adm1n-secret' } }).named.keys());

  test('is written in the spelling of the phone’s generation, and for the menu twice', () => {
    expect(names('720', '8.7.5.35')).not.toContain('webserver_admin_password');
    expect(names('D785', '10.1.33.33')).toEqual(expect.arrayContaining(['http_pass', 'webserver_admin_password']));
    expect(names('D865', '10.1.198.19')).not.toContain('http_pass');
    expect(names('D785', '10.1.33.33')).toContain('admin_mode_password_confirm');
  });

  test('goes back to 0000 where that is the factory’s, and to empty from 10.1.185', () => {
    const given = ['admin_mode_password', 'http_pass'];
    expect(rendered({ given, firmware: '10.1.184.15' }).named.get('admin_mode_password')).toBe('0000');
    expect(rendered({ given, firmware: '10.1.185.0' }).named.get('admin_mode_password')).toBe('');
    expect(rendered({ given }).named.get('http_pass')).toBe('');
  });
});

describe('packets of strangers', () => {
  test('stay filtered when direct calls are refused, whatever is said of trusted servers', () => {
    const { named, gaps } = rendered({
      settings: { 'security.directIpCalls': false, 'security.trustedServersOnly': false },
    });
    expect(named.get('filter_registrar')).toBe('on');
    expect(gaps).toHaveLength(1);
  });
});

describe('a time zone', () => {
  test.each([
    ['Europe/Berlin', 'GER+1', '3600 03.05.07 02:00:00 10.05.07 03:00:00'],
    ['Europe/London', 'GBR-0', '3600 03.05.07 01:00:00 10.05.07 02:00:00'],
    ['America/New_York', 'USA-5', '3600 03.02.07 02:00:00 11.01.07 02:00:00'],
    ['America/St_Johns', 'CAN-3.5', '3600 03.02.07 02:00:00 11.01.07 02:00:00'],
    ['America/Phoenix', 'USA2-7', ''],
    ['Asia/Tokyo', 'JPN+9', ''],
    ['Asia/Kolkata', 'IND+5.5', ''],
    ['Australia/Brisbane', 'AUS2+10', ''],
    ['Europe/Ljubljana', 'GER+1', '3600 03.05.07 02:00:00 10.05.07 03:00:00'],
    ['Australia/Sydney', 'AUS+10', '3600 10.01.07 02:00:00 04.01.07 03:00:00'],
  ])('%s is %s with its rule written out', (zone, timezone, dst) => {
    expect(snomZone(zone)).toEqual({ kind: 'zone', timezone, dst });
  });

  test('whose offset the phone lacks, or that is none, is a gap', () => {
    expect(snomZone('Asia/Kathmandu').kind).toBe('none');
    expect(snomZone('Mars/Olympus').kind).toBe('none');
  });

  test.each([
    ['Atlantic/Reykjavik', 'GBR-0', /empty dst/],
    ['Africa/Cairo', 'EGY+2', /at an hour/],
  ])('%s gets the right offset and a remark on its summer time', (zone, timezone, remark) => {
    const found = snomZone(zone);
    expect(found).toMatchObject({ kind: 'zone', timezone, dst: '' });
    expect(found.kind === 'zone' ? found.remark : undefined).toMatch(remark);
  });
});

describe('the bootstrap', () => {
  const at = (model: string, trust: ServerTrust) => {
    const found = modelNamed(model) ?? driver.fallbackModel(model);
    return driver.bootstrap({
      part: 'settings',
      secureUrl: 'https://prov.example.com:1444/t/abcdefgh/',
      trust,
      caUrl: 'http://prov.example.com:1445/ca.pem',
      caPem: '-----BEGIN CERTIFICATE-----\nMIIB\nAbc=\n-----END CERTIFICATE-----\n',
      model: found,
      firmware: parseFirmwareVersion(found.defaultFirmware ?? ''),
    });
  };

  test('sends the phone to its own file, without any phone’s MAC in it, and keeps it ours', () => {
    const params = at('D785', 'check');
    expect(params).toMatchObject({
      setting_server: 'https://prov.example.com:1444/t/abcdefgh/{mac}.xml',
      provisioning_order: 'redirection:stop',
      pnp_config: 'off',
      prov_polling_enabled: 'on',
      settings_refresh_timer: '86400',
    });
    expect(Object.keys(params ?? {})).not.toContain('tls_server_authentication');
    expect(at('300', 'check')).toEqual(params);
  });

  test('switches the check off where asked, the one for the name too', () => {
    expect(at('D785', 'off')).toMatchObject({
      tls_server_authentication: 'off',
      check_fqdn_against_server_cert: 'off',
    });
  });

  test('brings our CA both ways and does not switch on a check that the phone cannot pass yet', () => {
    const params = at('D785', 'install_ca');
    expect(params).toMatchObject({
      'certificate.base64': 'MIIBAbc=',
      'certificate.url': 'http://prov.example.com:1445/ca.pem',
    });
    expect(Object.keys(params ?? {})).not.toContain('tls_server_authentication');
  });

  test('of a DECT base holds only what is known of one', () => {
    expect(at('M900', 'off')).toEqual({
      setting_server: 'https://prov.example.com:1444/t/abcdefgh/{mac}.xml',
      pnp_config: 'off',
    });
  });
});

describe('a phone that is ours', () => {
  test('is never told to forget its server', () => {
    const { named } = rendered({ given: ['setting_server', 'provisioning_order', 'pnp_config'] });
    expect(named.has('setting_server')).toBe(false);
    expect(named.get('pnp_config')).toBe('on');
  });

  test('is told the order only where it knows one', () => {
    const settings = { 'provisioning.url': 'https://prov.example.com/t/a/{mac}.xml' };
    expect(rendered({ settings, firmware: '8.7.3.19' }).named.has('provisioning_order')).toBe(true);
    expect(rendered({ settings, firmware: '8.4.35' }).named.has('provisioning_order')).toBe(false);
  });

  test('restarts by itself when a setting needs it, and is told so first', () => {
    const { text } = rendered({ lines: { 1: LINE } });
    expect(text.split('\n')[3]).toContain('auto_reboot_on_setting_change');
  });
});

describe('a DECT base', () => {
  test('lists each server once and has its accounts name it', () => {
    const other = { ...LINE, 'line.serverHost': 'pbx2.example.com' };
    const { named } = rendered({ model: 'M700', lines: { 1: LINE, 2: other, 3: LINE } });
    expect(named.get('user_host[1]')).toBe('pbx.example.com');
    expect(named.get('user_host[2]')).toBe('pbx2.example.com');
    expect(named.has('user_host[3]')).toBe(false);
    expect(named.get('subscr_sip_ua_data_server_id[3]')).toBe('1');
  });

  test('has ten servers and not more', () => {
    const lines = Object.fromEntries(
      Array.from({ length: 11 }, (_, index) => [index + 1, { ...LINE, 'line.serverHost': `pbx${index}.example.com` }]),
    );
    expect(rendered({ model: 'M700', lines }).gaps.join()).toMatch(/10 SIP servers/);
  });

  test('gets none of the desk phones’ parameters', () => {
    const { named, gaps } = rendered({
      model: 'M700',
      lines: { 1: { ...LINE, 'line.transport': 'tls' } },
      settings: { 'network.dscpRtp': 46 },
    });
    expect(Array.from(named.keys()).filter((name) => /outbound|tos|auto_reboot/.test(name))).toEqual([]);
    expect(gaps).toHaveLength(2);
  });
});

describe('the announcement system PA1', () => {
  test('gets nothing but gaps, because nobody knows whether it reads XML', () => {
    const { named, gaps } = rendered({ model: 'PA1', lines: { 1: LINE } });
    expect(named.size).toBe(0);
    expect(gaps).toHaveLength(3);
  });
});

describe('a raw parameter', () => {
  test('may name an identity or an attribute of a key, and nothing that would break the file', () => {
    for (const name of ['user_moh[1]', 'fkey[3].short_label', 'xml_notify', 'fkey[3]#2'])
      expect(driver.codec.validName.test(name), name).toBe(true);
    for (const name of ['fkey', 'fkey.label', 'certificate', 'a b', 'a><b', 'user_name[x]', '1abc', ''])
      expect(driver.codec.validName.test(name), name).toBe(false);
  });
});
