import { describe, expect, test } from 'vitest';
import { goldenTests } from '../../../test/kit/golden.ts';
import { renderPhone, type NeutralPhone } from '../../../test/kit/render-input.ts';
import { parseFirmwareVersion } from '../../domain/firmware-version.ts';
import { parseMac } from '../../domain/mac.ts';
import type { ClientCertificate, RequestFacts } from '../../domain/recognise/clue.ts';
import type { ServerTrust } from '../../domain/settings/security.ts';
import { modelId, vendorId, type BootstrapContext } from '../kit/driver.ts';
import { yealink } from './index.ts';

const { driver } = yealink;

goldenTests(driver, new URL('./golden/', import.meta.url));

const recognise = (facts: RequestFacts) =>
  Object.values(driver.recognise)
    .map((one) => one(facts))
    .filter((clue) => clue !== undefined);

/** Parameters by name, as they stand in the file. */
const render = (phone: Partial<NeutralPhone>) => {
  const rendered = renderPhone(driver, { model: 'T46S', mac: '00:15:65:00:00:01', ...phone });
  const lines = driver.codec.read(rendered.text, 'settings');
  return { ...rendered, file: new Map(lines.map(({ name, value }) => [name, value])) };
};

const oneLine = { 'line.user': '201', 'line.password': 'sip-secret-201', 'line.serverHost': 'pbx.example.com' };

describe('User-Agents', () => {
  test.each([
    ['Yealink SIP-T46S 66.84.0.15 00:15:65:aa:bb:cc', 'T46S', '66.84.0.15', '001565aabbcc'],
    ['Yealink SIP-T77U 185.87.0.10 44:db:d2:bd:b5:69', 'T77U', '185.87.0.10', '44dbd2bdb569'],
    ['yealink SIP-T28P 2.70.0.140 00:15:65:13:ae:0b', 'T28P', '2.70.0.140', '00156513ae0b'],
    ['Yealink SIP-T38G  38.70.0.125 00:15:65:2f:c3:5e', 'T38G', '38.70.0.125', '0015652fc35e'],
    ['Yealink SIP VP-T49G 51.80.0.10 00:15:65:9b:5a:44', 'T49G', '51.80.0.10', '0015659b5a44'],
    ['Yealink CP860 37.72.0.5 00:15:65:8a:37:86', 'CP860', '37.72.0.5', '0015658a3786'],
    ['Yealink W70B 146.87.0.15 80:5e:0c:1d:65:4e', 'W70B', '146.87.0.15', '805e0c1d654e'],
    ['W52P 25.30.0.2 00:15:65:44:b3:7c', 'W52P', '25.30.0.2', '00156544b37c'],
    ['Yealink SIP-W52P 25.81.0.10 00:15:65:44:b3:7c', 'W52P', '25.81.0.10', '00156544b37c'],
    ['W56P 25.30.0.2 00:15:65:44:b3:7c', 'W52P', '25.30.0.2', '00156544b37c'],
    ['VP530P 23.70.0.40 00:15:65:31:4b:c0', 'VP530', '23.70.0.40', '001565314bc0'],
    ['Yealink-T46G 28.71.0.81 28.1.0.128.0.0.0', 'T46G', '28.71.0.81', undefined],
    ['Yealink SIP-T54W 96.86.0.23', 'T54W', '96.86.0.23', undefined],
    ['Yealink SIP-T99X 200.87.0.1 00:15:65:00:00:99', 'T99X', '200.87.0.1', '001565000099'],
  ])('%s tells model, firmware and MAC', (userAgent, model, firmware, mac) => {
    const [clue] = recognise({ userAgent });
    expect(clue).toMatchObject({ source: 'user_agent', vendor: 'yealink', model, firmware: { text: firmware } });
    expect(clue?.mac).toBe(mac);
  });

  test.each([
    'Yealink',
    'Mozilla/5.0 Yealink SIP-T46S 66.84.0.15 00:15:65:aa:bb:cc',
    'Yealink SIP-T46S 66.84.0.15 00:15:65:aa:bb:cc extra',
    'W52P 25.30.0.2',
    'snomD385/10.1.33.33',
    `Yealink-T46G 28.71.0.81 ${'1'.repeat(60_000)}x`,
  ])('%.60s is none of ours', (userAgent) => {
    expect(recognise({ userAgent })).toEqual([]);
  });
});

describe('file names', () => {
  test.each([
    '805ec0123456.cfg',
    '805EC0123456.CFG',
    '805ec0123456.boot',
    '805ec0123456-local.cfg',
    '805ec0123456.enc',
  ])('%s belongs to the phone whose MAC it begins with', (path) => {
    expect(recognise({ path })).toMatchObject([{ source: 'path', vendor: 'yealink', mac: '805ec0123456' }]);
  });

  test('a MAC file of another maker is not claimed, although its name has the same form', () => {
    expect(recognise({ path: '0004f2123456.cfg' })).toEqual([]);
  });

  test('a model file tells the model, unless several models ask for it', () => {
    expect(recognise({ path: 'y000000000108.cfg' })).toMatchObject([{ model: 'T46U' }]);
    expect(recognise({ path: 'y000000000044.cfg' })[0]).not.toHaveProperty('model');
    expect(recognise({ path: 'y000000000999.cfg' })).toMatchObject([{ vendor: 'yealink' }]);
  });

  test('y000000000000.cfg is the T28P’s, y000000000000.boot everybody’s', () => {
    expect(recognise({ path: 'y000000000000.cfg' })).toMatchObject([{ model: 'T28P' }]);
    expect(recognise({ path: 'y000000000000.boot' })[0]).not.toHaveProperty('model');
  });

  const routeOf = (name: string) => driver.requests.find((route) => route.match.test(name))?.kind;

  test.each([
    ['805ec0123456.cfg', 'config'],
    ['805EC0123456.CFG', 'config'],
    ['y000000000108.cfg', 'generic'],
    ['805ec0123456.boot', 'absent'],
    ['y000000000000.boot', 'absent'],
    ['805ec0123456-local.cfg', 'upload'],
    ['805ec0123456-contact.xml', 'upload'],
    ['805ec0123456_Security.enc', 'absent'],
    ['y000000000108_Security.enc', 'absent'],
    ['T48-35.83.0.50.rom', 'firmware'],
    ['T31(T30,T30P,T31G,T31P,T33P,T33G)-124.86.0.75.rom', 'firmware'],
    ['805ec0123456.xml', undefined],
  ])('%s is %s', (name, kind) => {
    expect(routeOf(name)).toBe(kind);
  });

  test('a DHCP class is recognised as a whole only', () => {
    expect(recognise({ dhcpClass: 'yealink' })).toMatchObject([{ source: 'dhcp_class' }]);
    expect(recognise({ dhcpClass: 'not yealink' })).toEqual([]);
  });
});

describe('client certificates', () => {
  const certificate = (cn: readonly string[], more: Partial<ClientCertificate> = {}): ClientCertificate => ({
    subject: [{ type: 'O', value: 'Yealink' }, ...cn.map((value) => ({ type: 'CN', value }))],
    issuer: [],
    fingerprint: 'ab'.repeat(32),
    verifiedFor: [vendorId('yealink')],
    ...more,
  });

  test.each(['805ec0123456', '805EC0123456', '80:5e:c0:12:34:56', '80-5E-C0-12-34-56'])('CN %s is a MAC', (cn) => {
    expect(recognise({ certificate: certificate([cn]) })).toMatchObject([
      { source: 'certificate', mac: '805ec0123456' },
    ]);
  });

  test('the certificate that all phones share names no phone', () => {
    const [clue] = recognise({ certificate: certificate(['Yealink Generic Device']) });
    expect(clue).toMatchObject({ generic: true });
    expect(clue).not.toHaveProperty('mac');
  });

  test.each([
    [['805ec0123456', '805ec0123457']],
    [['805ec0123456 or so']],
    [['phone 805ec0123456']],
    [['805ec0123456\u0000.example.com']],
    [[]],
  ])('a subject with %j identifies nobody', (cn) => {
    expect(recognise({ certificate: certificate(cn) })).toEqual([]);
  });

  test('a certificate that another maker’s CA signed, or that was rejected, counts as none', () => {
    expect(recognise({ certificate: certificate(['805ec0123456'], { verifiedFor: [vendorId('snom')] }) })).toEqual([]);
    expect(recognise({ certificate: certificate(['805ec0123456'], { rejected: 'expired' }) })).toEqual([]);
  });
});

describe('firmware generations', () => {
  const names = (firmware: string, phone: Partial<NeutralPhone>) =>
    Array.from(render({ firmware, ...phone }).file.keys());

  test.each([
    ['2.73.0.50', 'security.user_password'],
    ['28.80.0.130', 'security.user_password'],
    ['28.81.0.25', 'static.security.user_password'],
    ['66.86.0.15', 'static.security.user_password'],
  ])('with %s the passwords are %s', (firmware, name) => {
    const { text } = render({ firmware, settings: { 'security.adminPassword': 'a', 'security.userPassword': 'u' } });
    expect(text).toContain(`\n${name} = admin:a\n${name} = user:u\n`);
  });

  test.each([
    ['28.71.0.81', 'account.1.transport'],
    ['28.73.0.50', 'account.1.transport'],
    ['28.80.0.130', 'account.1.sip_server.1.transport_type'],
    ['66.87.0.15', 'account.1.sip_server.1.transport_type'],
  ])('with %s the transport is %s', (firmware, name) => {
    const { file } = render({ firmware, lines: { 1: { 'line.transport': 'tls' } } });
    expect(file.get(name)).toBe('2');
  });

  test.each([
    ['28.72.0.1', true, false],
    ['28.73.0.1', true, true],
    ['28.81.0.1', true, true],
    ['28.82.0.1', false, true],
  ])('with %s codecs are numbered: %s, named: %s', (firmware, numbered, named) => {
    const written = names(firmware, { lines: { 1: { 'line.codecs': ['pcma'] } } });
    expect(written.includes('account.1.codec.2.payload_type')).toBe(numbered);
    expect(written.includes('account.1.codec.pcma.enable')).toBe(named);
  });

  test.each([
    ['2.73.0.50', { 'network.web_server_type': '3' }],
    ['28.80.0.130', { 'wui.http_enable': '0', 'wui.https_enable': '1' }],
    ['66.86.0.15', { 'static.wui.http_enable': '0', 'static.wui.https_enable': '1' }],
  ])('with %s web pages over HTTPS only are %j', (firmware, expected) => {
    const { file } = render({ firmware, settings: { 'security.webUi': 'https' } });
    expect(Object.fromEntries(file)).toMatchObject(expected);
  });

  test('a version that names a generation nobody has seen is flagged, and the newest rules are used', () => {
    const { flags, file } = render({ firmware: '66.95.0.1', settings: { 'network.lldp': true } });
    expect(flags).toHaveLength(1);
    expect(file.get('static.network.lldp.enable')).toBe('1');
  });

  test('the model T58 has G.722.1 under its misspelled name, other models lack it', () => {
    const lines = { 1: { 'line.codecs': ['g722_1'] } };
    expect(
      render({ model: 'T58', firmware: '58.86.0.20', lines }).file.get('account.1.codec.G722_1_24kpbs.enable'),
    ).toBe('1');
    expect(render({ lines }).gaps).toMatchObject([{ wanted: 'line.codecs', line: 1 }]);
  });
});

describe('keys', () => {
  const slotsOf = (model: string, modules: number) =>
    driver
      .slots(driver.fallbackModel(model), modules)
      .filter((slot) => slot.kind === 'module')
      .map((slot) => slot.position);

  test.each(['T26P', 'T28P', 'T38G', 'T27G', 'T29G'])(
    'position 21 of a module on %s is a page key and left out',
    (model) => {
      expect(slotsOf(model, 1)).not.toContain(21);
      expect(slotsOf(model, 1)).toContain(22);
    },
  );

  test.each(['T46S', 'T48U', 'T54W', 'T77U'])('position 21 of a module on %s is a key like others', (model) => {
    expect(slotsOf(model, 1)).toContain(21);
  });

  test('no more modules are counted than the phone takes', () => {
    expect(slotsOf('T54W', 9)).toHaveLength(3 * 60);
  });

  test('the programmable keys of a T48S have a gap at 11', () => {
    const positions = driver.slots(driver.fallbackModel('T48S'), 0).filter((slot) => slot.kind === 'soft');
    expect(positions.map((slot) => slot.position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14]);
  });

  test.each([
    ['2.73.0.50', { pickup_value: '**' }],
    ['28.80.0.130', { pickup_value: '**', extension: '**' }],
    ['66.86.0.15', { extension: '**' }],
  ])('with %s the pickup code of a BLF key is %j', (firmware, expected) => {
    const { file } = render({
      firmware,
      settings: { 'features.pickupCode': '**' },
      keys: { 'key/2': { key: { type: 'blf', line: 1, watch: '202' } } },
    });
    const written = ['pickup_value', 'extension'].flatMap((name) => {
      const value = file.get(`linekey.2.${name}`);
      return value === undefined ? [] : [[name, value]];
    });
    expect(Object.fromEntries(written)).toEqual(expected);
  });

  test('a directed pickup does not get the pickup code twice', () => {
    const key = (dial: string) => ({ 'key/2': { key: { type: 'directed_pickup', line: 1, dial } } });
    const settings = { 'features.pickupCode': '*8' };
    expect(render({ settings, keys: key('203') }).file.get('linekey.2.value')).toBe('*8203');
    expect(render({ settings, keys: key('*8203') }).file.get('linekey.2.value')).toBe('*8203');
  });

  test('on a T38G the first line is 0, right for either way of counting, and others are doubted', () => {
    const { file, gaps } = render({
      model: 'T38G',
      keys: { 'key/1': { key: { type: 'line', line: 1 } }, 'key/2': { key: { type: 'line', line: 2 } } },
    });
    expect([file.get('linekey.1.line'), file.get('linekey.2.line')]).toEqual(['0', '2']);
    expect(gaps).toMatchObject([{ wanted: 'key/2' }]);
  });
});

describe('what a phone no longer has', () => {
  test('a key goes back to what it is in the carton: a line key up to the last account, else nothing', () => {
    const { file } = render({ model: 'T41S', keys: { 'key/6': { clear: true }, 'key/7': { clear: true } } });
    expect([file.get('linekey.6.type'), file.get('linekey.6.line'), file.get('linekey.7.type')]).toEqual([
      '15',
      '6',
      '0',
    ]);
  });

  test('a removed line is switched off and its credentials are emptied', () => {
    const before = render({ lines: { 1: oneLine, 2: { ...oneLine, 'line.user': '202' } } });
    const after = render({ lines: { 1: oneLine }, given: before.params.map((param) => param.name) });
    expect(after.text).toContain('\naccount.2.enable = 0\n');
    expect(after.text).toContain('\naccount.2.password = %NULL%\n');
    expect(after.text).toContain('\naccount.2.user_name = %NULL%\n');
  });

  test('an emptied label is written as cleared, since an empty value would leave the old one', () => {
    expect(render({ lines: { 1: { 'line.label': '' } } }).text).toContain('\naccount.1.label = %NULL%\n');
  });

  test('a name of older firmware is not cleared: the phone may still heed it, and the new name holds the value', () => {
    const settings = { 'provisioning.url': 'https://prov.example.com:1444/p/abcdefgh/', 'network.lldp': true };
    const lines = { 1: { ...oneLine, 'line.transport': 'tls' } };
    const old = render({ model: 'T46G', firmware: '28.73.0.50', settings, lines });
    const given = old.params.map((param) => param.name);
    const { file } = render({ model: 'T46G', firmware: '28.83.0.120', settings, lines, given });
    expect(Array.from(file.keys()).filter((name) => /^(?:auto_provision|network)\.|\.transport$/.test(name))).toEqual(
      [],
    );
    expect(file.get('static.auto_provision.server.url')).toBe(settings['provisioning.url']);
  });

  test('a password that was set is not touched when its setting is removed', () => {
    const before = render({ settings: { 'security.adminPassword': 'S3cret-Admin' } });
    const after = render({ given: before.params.map((param) => param.name) });
    expect(after.text).not.toContain('user_password');
  });
});

describe('values', () => {
  test('a value that reads %NULL% is refused, not sent: the phone would clear the parameter', () => {
    const { file, gaps } = render({ lines: { 1: { 'line.displayName': '%NULL%' } } });
    expect(file.has('account.1.display_name')).toBe(false);
    expect(gaps).toMatchObject([{ wanted: 'line.displayName', state: 'not_expressible' }]);
    expect(driver.codec.unwritable('100 %NULL%')).toBeUndefined();
  });

  test('a line break in a name does not become a parameter', () => {
    const { text } = render({ lines: { 1: { 'line.displayName': 'x\naccount.1.sip_server_host = evil' } } });
    expect(text).not.toContain('evil');
  });

  test('the file begins with the line without which the phone passes it over', () => {
    expect(render({}).text.startsWith('#!version:1.0.0.1\n')).toBe(true);
  });
});

describe('sync methods', () => {
  const on = (methods: readonly string[], more: Record<string, unknown> = {}, firmware = '66.86.0.15') =>
    render({ firmware, settings: { 'provisioning.syncMethods': methods, ...more } });

  test('an empty list switches every way back off, NOTIFY too', () => {
    const { file, gaps } = on([]);
    expect(Object.fromEntries(file)).toMatchObject({
      'static.auto_provision.power_on': '0',
      'static.auto_provision.repeat.enable': '0',
      'static.auto_provision.weekly.enable': '0',
      'sip.notify_reboot_enable': '2',
    });
    expect(gaps).toEqual([]);
  });

  test('a time of day is a window as wide as the random delay, ending at midnight at the latest', () => {
    const window = (at: string, seconds: number) => {
      const { file } = on(['at_time'], { 'provisioning.resyncAt': at, 'provisioning.randomDelaySeconds': seconds });
      return [file.get('static.auto_provision.weekly.begin_time'), file.get('static.auto_provision.weekly.end_time')];
    };
    expect(window('03:00', 1800)).toEqual(['03:00', '03:30']);
    expect(window('23:50', 3600)).toEqual(['23:50', '23:59']);
  });

  test('at_time without a time is a gap', () => {
    expect(on(['at_time']).gaps).toMatchObject([{ wanted: 'provisioning.syncMethods' }]);
  });

  test('firmware is withheld where upgrades are never wanted', () => {
    const { file } = render({
      settings: {
        'provisioning.firmwarePolicy': 'never',
        'provisioning.firmwareUrl': 'https://prov.example.com/T46S-66.86.0.15.rom',
      },
    });
    expect(file.get('static.firmware.url')).toBe('');
  });
});

describe('time zones', () => {
  const zone = (name: string) => {
    const { file, gaps } = render({ settings: { 'time.zone': name } });
    const of = (field: string) => file.get(`local_time.${field}`);
    return { offset: of('time_zone'), summer: of('summer_time'), start: of('start_time'), end: of('end_time'), gaps };
  };

  test.each([
    ['Europe/Berlin', '+1', '1', '3/5/7/2', '10/5/7/3'],
    ['Europe/London', '0', '1', '3/5/7/1', '10/5/7/2'],
    ['America/St_Johns', '-3:30', '1', '3/2/7/2', '11/1/7/2'],
    ['Australia/Sydney', '+10', '1', '10/1/7/2', '4/1/7/3'],
    ['Asia/Kathmandu', '+5:45', '0', undefined, undefined],
    ['UTC', '0', '0', undefined, undefined],
    // 24:00 of a Saturday is Sunday's first hour: the week form has no such hour, so the days of the year are written.
    ['America/Santiago', '-4', '1', '9/6/0', '4/5/0'],
  ])('%s is %s with summer time %s from %s to %s', (name, offset, summer, start, end) => {
    expect(zone(name)).toEqual({ offset, summer, start, end, gaps: [] });
  });

  test('a change within an hour is said on the hour, and the difference is a gap', () => {
    expect(zone('Pacific/Chatham').gaps).toMatchObject([{ wanted: 'time.zone' }]);
  });
});

describe('the bootstrap', () => {
  const bootstrap = (trust: ServerTrust, model = 'T46S', firmware = '66.86.0.15') => {
    const ctx: BootstrapContext = {
      part: 'settings',
      secureUrl: 'https://prov.example.com:1444/t/abcdefgh/',
      trust,
      caUrl: 'http://prov.example.com:1445/ca.pem',
      caPem: '',
      model: driver.models.find((candidate) => candidate.id === model) ?? driver.fallbackModel(model),
      firmware: parseFirmwareVersion(firmware),
    };
    return driver.bootstrap(ctx) ?? {};
  };

  test('points to the secure port in the spelling of old and new firmware', () => {
    const params = bootstrap('check');
    for (const prefix of ['', 'static.']) {
      expect(params[`${prefix}auto_provision.server.url`]).toBe('https://prov.example.com:1444/t/abcdefgh/');
      expect(params[`${prefix}auto_provision.dhcp_option.enable`]).toBe('0');
      expect(params[`${prefix}auto_provision.pnp_enable`]).toBe('0');
    }
    expect(params['auto_provision.mode']).toBe('1');
  });

  test('turns the check of the server off, installs our CA, or leaves the check as it is', () => {
    expect(bootstrap('off')['static.security.trust_certificates']).toBe('0');
    expect(bootstrap('off')['security.trust_certificates']).toBe('0');
    expect(bootstrap('install_ca')).toMatchObject({
      'static.trusted_certificates.url': 'http://prov.example.com:1445/ca.pem',
      'static.security.ca_cert': '2',
      'static.security.trust_certificates': '1',
    });
    expect(Object.keys(bootstrap('check')).filter((name) => name.includes('certificates'))).toEqual([]);
  });

  test('is the same for every model and firmware, since neither is proven', () => {
    const all = driver.models.map((model) => JSON.stringify(bootstrap('off', model.id, model.defaultFirmware)));
    expect(new Set(all).size).toBe(1);
  });
});

describe('models', () => {
  test('an unknown model gets what every phone of its series has', () => {
    expect(driver.fallbackModel('T49U')).toMatchObject({ family: 'T4x', lines: 3, keys: 3 });
    expect(driver.fallbackModel('T58A').id).toBe(modelId('T58'));
    expect(driver.fallbackModel(undefined)).toMatchObject({ lines: 1, keys: 0 });
  });

  test('a multi-cell base keeps servers in templates, which lines with the same server share', () => {
    const { file } = render({
      model: 'W80DM',
      firmware: '103.83.0.70',
      lines: { 1: oneLine, 2: oneLine, 3: { ...oneLine, 'line.serverHost': 'other.example.com' } },
    });
    const templates = [1, 2, 3].map((line) => file.get(`account.${String(line)}.sip_server.template`));
    expect(templates).toEqual(['1', '1', '2']);
    expect(file.get('template.2.sip_server.1.address')).toBe('other.example.com');
  });

  test('a phone asks for one file, named after its MAC in lower case', () => {
    const mac = parseMac('80:5E:C0:00:00:01');
    expect(mac.ok && driver.files({ model: driver.fallbackModel('T46U'), mac: mac.value, token: '' })).toEqual([
      { name: '805ec0000001.cfg', part: 'settings' },
    ]);
  });

  test('a changed VLAN restarts the phone, a changed label does not', () => {
    const restarts = (name: string): boolean => driver.resync.reboots.some((pattern) => pattern.test(name));
    expect(restarts('static.network.vlan.internet_port_vid')).toBe(true);
    expect(restarts('account.1.label')).toBe(false);
  });
});
