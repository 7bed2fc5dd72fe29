import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goldenTests } from '../../../test/kit/golden.ts';
import { hostileText } from '../../../test/kit/hostile-text.ts';
import { renderPhone, type NeutralPhone } from '../../../test/kit/render-input.ts';
import { parseFirmwareVersion } from '../../domain/firmware-version.ts';
import { parseMac } from '../../domain/mac.ts';
import type { Clue, RequestFacts } from '../../domain/recognise/clue.ts';
import type { ServerTrust } from '../../domain/settings/security.ts';
import { vendorId } from '../kit/driver.ts';
import { ciscoSpa } from './index.ts';
import { toneScript } from './mapping/ui.ts';

const { driver } = ciscoSpa;

goldenTests(driver, new URL('./golden/', import.meta.url));

const cluesOf = (facts: RequestFacts): readonly Clue[] =>
  Object.values(driver.recognise)
    .map((recognise) => recognise(facts))
    .filter((clue) => clue !== undefined);

const certificate = (subject: Record<string, string>, more = {}): RequestFacts => ({
  certificate: {
    subject: Object.entries(subject).map(([type, value]) => ({ type: type.replace(/\d$/, ''), value })),
    issuer: [],
    fingerprint: 'ab'.repeat(32),
    verifiedFor: [vendorId('cisco-spa')],
    ...more,
  },
});

const phone = (model: string, more: Partial<NeutralPhone> = {}): NeutralPhone => ({
  model,
  mac: '000e08aabbcc',
  lines: { 1: { 'line.user': '201', 'line.serverHost': 'pbx.example.com', 'line.voicemailNumber': '*97' } },
  ...more,
});

const valueOf = (neutral: NeutralPhone, name: string): string | undefined =>
  renderPhone(driver, neutral).params.find((param) => param.name === name)?.value;

const gapsOf = (neutral: NeutralPhone): readonly string[] =>
  renderPhone(driver, neutral).gaps.map((gap) => `${gap.wanted}: ${gap.reason}`);

describe('recognition', () => {
  test.each([
    ['Linksys/SPA-942-6.1.5(a) (88019FA42805)', 'SPA942', '6.1.5(a)', undefined, '88019FA42805'],
    ['Linksys/SPA-962-6.1.5(a) (4MM00F903042)', 'SPA962', '6.1.5(a)', undefined, '4MM00F903042'],
    ['Linksys/SPA-2102-2.0.5 (88012BA01234)', 'SPA2102', '2.0.5', undefined, '88012BA01234'],
    ['Linksys/PAP2T-5.1.6(LS) (FLI00M123456)', 'PAP2T', '5.1.6(LS)', undefined, 'FLI00M123456'],
    ['Cisco/SPA501G-7.4.4 (8843E157DDCC)(CBT141100HR)', 'SPA501G', '7.4.4', '8843e157ddcc', 'CBT141100HR'],
    ['Cisco/SPA508G-7.4.8a (0002FDFF2103)(CBT141400UK)', 'SPA508G', '7.4.8a', '0002fdff2103', 'CBT141400UK'],
    ['Cisco/SPA525G-7.4.7 (CBT141900G7)', 'SPA525G', '7.4.7', undefined, 'CBT141900G7'],
  ])('%s', (userAgent, model, firmware, mac, serial) => {
    const [clue, ...more] = cluesOf({ userAgent });
    expect(more).toEqual([]);
    expect(clue).toMatchObject({ source: 'user_agent', model, serial });
    expect(clue?.firmware?.text).toBe(firmware);
    expect(clue?.mac).toBe(mac);
  });

  test('what looks like a MAC in a Linksys User-Agent is a serial number', () => {
    expect(cluesOf({ userAgent: 'Linksys/SPA-942-6.1.5(a) (000E08AABBCC)' })[0]?.mac).toBeUndefined();
  });

  test('a Linksys router or a Cisco desk phone of another kind is nobody of ours', () => {
    for (const userAgent of ['Linksys/WRT54G-1.0 (123)', 'Cisco/CP-8841-12.0 (aabb)(cc)', 'Cisco SPA', 'Linksys/SPA'])
      expect(cluesOf({ userAgent })).toEqual([]);
  });

  test.each([
    ['spa942.cfg', 'SPA942', undefined],
    ['SPA504g.CFG', 'SPA504G', undefined],
    ['spa525G2.cfg', 'SPA525G2', undefined],
    ['spa2102.cfg', 'SPA2102', undefined],
    ['init.cfg', 'PAP2T', undefined],
    ['spa999.cfg', undefined, undefined],
    ['000e08aabbcc.xml', undefined, '000e08aabbcc'],
    ['spa000E08AABBCC.xml', undefined, '000e08aabbcc'],
    ['spa123456abcdef.cfg', undefined, '123456abcdef'],
  ])('a request for %s is recognised', (path, model, mac) => {
    const [clue] = cluesOf({ path });
    expect(clue).toMatchObject({ source: 'path', vendor: 'cisco-spa' });
    expect([clue?.model, clue?.mac]).toEqual([model, mac]);
  });

  test('a file that other makers ask for too is claimed with a MAC of ours only', () => {
    for (const path of [
      '805ec0123456.xml',
      'spa805ec0123456.xml',
      '000e08aabbcc.cfg',
      'spam.cfg',
      'config.cfg',
      'ATA000E08AABBCC.cnf.xml',
    ])
      expect(cluesOf({ path })).toEqual([]);
  });

  test.each([
    ['LINKSYS SPA-942', 'SPA942'],
    ['LINKSYS SPA8000', 'SPA8000'],
    ['Cisco SPA501G', 'SPA501G'],
    ['Cisco SPA525g', 'SPA525G'],
    ['Cisco SPA525G2', 'SPA525G2'],
    ['CISCO SPA122', 'SPA122'],
    ['CISCO ATA191-MPP', 'ATA191'],
    ['Cisco Systems, Inc. IP Phone SPA504G', 'SPA504G'],
  ])('the DHCP class %s is recognised', (dhcpClass, model) => {
    expect(cluesOf({ dhcpClass })).toMatchObject([{ source: 'dhcp_class', model }]);
    expect(driver.dhcp.classes.some((pattern) => pattern.test(dhcpClass))).toBe(true);
  });

  test('an ATA190 speaks another format and is left to others', () => {
    expect(cluesOf({ dhcpClass: 'CISCO ATA190' })).toEqual([]);
    expect(driver.models.map((model) => model.id as string)).not.toContain('ATA190');
  });
});

describe('certificates', () => {
  test('the subject of a phone made with firmware 2.0 or later', () => {
    expect(cluesOf(certificate({ OU: 'SPA-962', L: '88019FA42805', ST: '000e08abcdef' }))).toMatchObject([
      { source: 'certificate', mac: '000e08abcdef', serial: '88019FA42805', model: 'SPA962' },
    ]);
  });

  test('the subject that names everything in one CN', () => {
    expect(cluesOf(certificate({ CN: 'SPA-525G2, MAC: 10BD18ABCDEF, Serial: CBT141900G7' }))).toMatchObject([
      { source: 'certificate', mac: '10bd18abcdef', serial: 'CBT141900G7', model: 'SPA525G2' },
    ]);
  });

  test('the certificate that old units share identifies nobody', () => {
    for (const OU of ['cisco.com', 'linksys.com', 'SPA-962']) {
      const [clue] = cluesOf(certificate({ OU, L: 'ciscogeneric', S: 'ciscogeneric' }));
      expect(clue).toMatchObject({ source: 'certificate', generic: true });
      expect(clue?.mac).toBeUndefined();
    }
    expect(cluesOf(certificate({ OU: 'SPA-962', L: 'ciscogeneric', S: '000e08abcdef' }))[0]?.mac).toBeUndefined();
  });

  test.each<[string, Record<string, string>]>([
    ['a MAC inside a longer field', { OU: 'SPA-962', L: '1', ST: 'x000e08abcdef' }],
    ['two states', { OU: 'SPA-962', L: '1', ST1: '000e08abcdef', ST2: '000e08abcdee' }],
    ['no product', { OU: 'Sales', L: '1', ST: '000e08abcdef' }],
    ['something after the serial', { CN: 'SPA-525G2, MAC: 10BD18ABCDEF, Serial: X, MAC: 10BD18ABCDEE' }],
    ['a NUL', { CN: 'SPA-525G2, MAC: 10BD18ABCDEF, Serial: X\u0000' }],
    ['a MAC as CN alone', { CN: '10bd18abcdef' }],
    ['two that differ', { OU: 'SPA-962', L: '1', ST: '000e08abcdef', CN: 'SPA-962, MAC: 000E08ABCDEE, Serial: 1' }],
  ])('%s identifies nobody', (_what, subject) => {
    expect(cluesOf(certificate(subject))).toEqual([]);
  });

  test('a certificate of another CA, or a rejected one, is no clue', () => {
    const subject = { OU: 'SPA-962', L: '1', ST: '000e08abcdef' };
    expect(cluesOf(certificate(subject, { verifiedFor: [vendorId('yealink')] }))).toEqual([]);
    expect(cluesOf(certificate(subject, { rejected: 'expired' }))).toEqual([]);
  });
});

describe('the bootstrap', () => {
  const bootstrap = (modelText: string, trust: ServerTrust = 'check'): string => {
    const model = driver.models.find(({ id }) => id === modelText) ?? driver.fallbackModel(modelText);
    const firmware = parseFirmwareVersion(model.defaultFirmware ?? '');
    const params = driver.bootstrap({
      part: 'settings',
      secureUrl: 'https://prov.example.com:1447/t/abcdef/',
      trust,
      caUrl: 'http://prov.example.com:1445/ca.pem',
      caPem: '',
      model,
      firmware,
    });
    const asParams = Object.entries(params ?? {}).map(([name, value]) => ({
      name,
      value,
      secret: false,
      source: { kind: 'vendor' as const },
    }));
    return driver.codec
      .write(asParams, { part: 'settings', model, firmware, mac: undefined })
      .map((line) => line.text)
      .join('\n');
  };

  test('sends the phone to its own file on the secure port, soon', () => {
    expect(bootstrap('SPA942')).toBe(`<?xml version="1.0" encoding="ISO-8859-1"?>
<flat-profile>
  <Provision_Enable ua="na">Yes</Provision_Enable>
  <SPCP_Auto-detect ua="na">No</SPCP_Auto-detect>
  <Signaling_Protocol ua="na">SIP</Signaling_Protocol>
  <SPA525-auto-detect-sccp ua="na">No</SPA525-auto-detect-sccp>
  <SPA525-protocol ua="na">SIP</SPA525-protocol>
  <Resync_On_Reset ua="na">Yes</Resync_On_Reset>
  <Resync_From_SIP ua="na">Yes</Resync_From_SIP>
  <Resync_Periodic ua="na">3</Resync_Periodic>
  <Resync_Error_Retry_Delay ua="na">600</Resync_Error_Retry_Delay>
  <Profile_Rule ua="na">https://prov.example.com:1447/t/abcdef/$MA.xml</Profile_Rule>
  <Profile_Rule_B ua="na"></Profile_Rule_B>
  <Profile_Rule_C ua="na"></Profile_Rule_C>
  <Profile_Rule_D ua="na"></Profile_Rule_D>
</flat-profile>`);
  });

  test('differs between families in the declared charset only', () => {
    expect(bootstrap('SPA504G').replace('UTF-8', 'ISO-8859-1')).toBe(bootstrap('SPA942'));
    expect(bootstrap('SPA999')).toBe(bootstrap('SPA942'));
  });

  test('brings our CA where the phone can take one', () => {
    expect(bootstrap('SPA525G2', 'install_ca')).toContain('>http://prov.example.com:1445/ca.pem</Custom_CA_URL>');
    expect(bootstrap('SPA525G2', 'check')).not.toContain('Custom_CA');
  });
});

describe('the format', () => {
  const ctx = {
    part: 'settings',
    model: driver.models.find(({ id }) => id === 'SPA942') ?? driver.fallbackModel('SPA942'),
    firmware: parseFirmwareVersion('6.1.5'),
    mac: undefined,
  };

  test('an empty value and an untouched one are two things', () => {
    const source = { kind: 'vendor' } as const;
    const lines = driver.codec.write(
      [
        { name: 'Display_Name_1_', value: '', secret: false, source },
        { name: 'DND_Setting', value: '', secret: false, source, access: 'write', accessOnly: true },
      ],
      ctx,
    );
    expect(lines.map((line) => line.text)).toContain('  <Display_Name_1_ ua="na"></Display_Name_1_>');
    expect(lines.map((line) => line.text)).toContain('  <DND_Setting ua="rw"/>');
  });

  test('in the router’s subtree a self-closed element would be emptied, so an untouched one is not written', () => {
    const { text } = renderPhone(driver, phone('SPA122', { settings: { 'time.ntp1': { access: 'write' } } }));
    expect(text).not.toContain('Time_Server');
  });

  test.each([
    'flat-profile',
    'router-configuration',
    'a b',
    'A/B',
    'A><B',
    '1A',
    '',
    'router-configuration/',
    '__proto__',
  ])('%s is no parameter name', (name) => {
    expect(driver.codec.validName.test(name)).toBe(false);
  });

  test('Admin’s password and the rule with our URL stay Admin’s, whatever the User may do elsewhere', () => {
    const { text } = renderPhone(
      driver,
      phone('SPA942', {
        settings: {
          'security.userAccess': 'write',
          'security.adminPassword': 'Adm1n-secret',
          'provisioning.url': 'https://prov.example.com:1447/p/abcdefgh/',
        },
      }),
    );
    expect(text).toContain('<Admin_Passwd ua="na">');
    expect(text).toContain('<Profile_Rule ua="na">');
    expect(text).toContain('<User_ID_1_ ua="rw">');
  });
});

describe('keys', () => {
  const withKey = (model: string, slot: string, key: unknown, more: Partial<NeutralPhone> = {}): NeutralPhone =>
    phone(model, { keys: { [slot]: { key } }, modules: 2, ...more });

  test('no label and no number can bring a token of its own', () => {
    fc.assert(
      fc.property(
        hostileText.filter((text) => text.length <= 60),
        fc.constantFrom('', ';fnc=sd', '+fnc', ';ext=1', '=x', '$PASSWORD', '+cp'),
        (text, tail) => {
          const label = `${text}${tail}`.slice(0, 64);
          for (const slot of ['key/2', 'module/1/3']) {
            for (const key of [
              { type: 'blf', line: 1, watch: '202', label },
              { type: 'speed_dial', line: 1, dial: `1${label}`, label: 'x' },
            ]) {
              const name = slot === 'key/2' ? 'Extended_Function_2_' : 'Unit_1_Key_3';
              const value = valueOf(withKey('SPA962', slot, key), name);
              if (value === undefined) continue;
              const tokens = value.split(';');
              const kind = key.type === 'blf' ? ['sub', '202@$PROXY'] : ['ext', undefined];
              expect(tokens[0]).toBe(key.type === 'blf' ? 'fnc=sd+blf+cp' : 'fnc=sd');
              expect(tokens[1]?.split('=')[0]).toBe(kind[0]);
              if (kind[1] !== undefined) expect(tokens[1]).toBe(`sub=${kind[1]}`);
              expect(tokens.length).toBeLessThanOrEqual(3);
              expect(tokens.slice(2).every((token) => /^nme=[^;=+$]*$/u.test(token))).toBe(true);
            }
          }
        },
      ),
      { numRuns: 80 },
    );
  });

  test('an international number keeps its plus, one elsewhere is refused', () => {
    const dial = (number: string): NeutralPhone =>
      withKey('SPA962', 'key/2', { type: 'speed_dial', line: 1, dial: number, label: '' });
    expect(valueOf(dial('+4930123456'), 'Extended_Function_2_')).toBe('fnc=sd;ext=+4930123456@$PROXY');
    expect(valueOf(dial('49+blf'), 'Extended_Function_2_')).toBeUndefined();
    expect(gapsOf(dial('49+blf')).some((gap) => gap.startsWith('key/2'))).toBe(true);
  });

  test('a key that watches names the PBX that the phone knows', () => {
    const neutral = withKey('SPA962', 'module/2/32', { type: 'blf', line: 1, watch: '202', label: 'Bob' });
    expect(valueOf(neutral, 'Unit_2_Key_32')).toBe('fnc=sd+blf+cp;sub=202@$PROXY;nme=Bob');
    expect(valueOf(neutral, 'Unit_2_Enable')).toBe('Yes');
    expect(valueOf(neutral, 'Server_Type')).toBe('Asterisk');
  });

  test('an SPA962 has six keys and two SPA932 of 32, and no more', () => {
    const model = driver.models.find(({ id }) => id === 'SPA962') ?? driver.fallbackModel('SPA962');
    expect(driver.slots(model, 2)).toHaveLength(6 + 64);
    expect(driver.slots(model, 9)).toHaveLength(6 + 64);
  });

  test('a directed pickup dials the code and the number, without the mark for the number', () => {
    const neutral = withKey(
      'SPA962',
      'key/2',
      { type: 'directed_pickup', line: 2, dial: '204', label: '' },
      { settings: { 'features.pickupCode': '**#' } },
    );
    expect(valueOf(neutral, 'Extended_Function_2_')).toBe('fnc=sd;ext=**204@$PROXY;vid=2');
  });
});

describe('settings', () => {
  const withSettings = (model: string, settings: Record<string, unknown>): NeutralPhone => phone(model, { settings });

  test.each([
    ['Europe/Berlin', 'GMT+01:00', 'start=3/-1/7/2:0:0;end=10/-1/7/3:0:0;save=1:0:0'],
    ['America/New_York', 'GMT-05:00', 'start=3/8/7/2:0:0;end=11/1/7/2:0:0;save=1:0:0'],
    ['Etc/UTC', 'GMT', undefined],
    ['Asia/Kathmandu', 'GMT+05:45', undefined],
    // At midnight after the last Thursday of October: one second before, on that Thursday.
    ['Africa/Cairo', 'GMT+02:00', 'start=4/-1/5/0:0:0;end=10/-1/4/23:59:59;save=1:0:0'],
    // The Friday before the last Sunday of March, told as the fourth Thursday and 26 hours.
    ['Asia/Jerusalem', 'GMT+02:00', 'start=3/23/5/2:0:0;end=10/-1/7/2:0:0;save=1:0:0'],
    // An hour before the last Sunday begins.
    ['America/Nuuk', 'GMT-02:00', 'start=3/24/6/23:0:0;end=10/-1/7/0:0:0;save=1:0:0'],
  ])('the zone %s', (zone, value, rule) => {
    const neutral = withSettings('SPA942', { 'time.zone': zone });
    expect(valueOf(neutral, 'Time_Zone')).toBe(value);
    expect(valueOf(neutral, 'Daylight_Saving_Time_Rule')).toBe(rule);
    expect(valueOf(neutral, 'Daylight_Saving_Time_Enable')).toBe(rule === undefined ? 'No' : 'Yes');
  });

  test('a zone whose offset is not on the list is a gap, not a wrong clock', () => {
    const neutral = withSettings('SPA942', { 'time.zone': 'Asia/Kabul' });
    expect(valueOf(neutral, 'Time_Zone')).toBeUndefined();
    expect(gapsOf(neutral).join()).toContain('GMT+04:30');
  });

  test('the User’s web pages can be switched off, with Admin’s, and on again', () => {
    const off = withSettings('SPA962', { 'security.webUi': 'http', 'security.userWebUi': false });
    expect(valueOf(off, 'Enable_Web_Server')).toBe('No');
    expect(gapsOf(off).join()).toContain('one switch for both accounts');
    expect(valueOf(withSettings('SPA962', { 'security.userWebUi': true }), 'Enable_Web_Server')).toBe('Yes');
    const bothOff = withSettings('SPA962', { 'security.webUi': 'off', 'security.userWebUi': true });
    expect(valueOf(bothOff, 'Enable_Web_Server')).toBe('No');
  });

  test('the random delay counts twenties of seconds, and the retry delay is never 0', () => {
    const neutral = withSettings('SPA942', {
      'provisioning.randomDelaySeconds': 50,
      'provisioning.retryDelaySeconds': 5,
    });
    expect(valueOf(neutral, 'Resync_Random_Delay')).toBe('3');
    expect(valueOf(neutral, 'Resync_Error_Retry_Delay')).toBe('5');
    const removed = phone('SPA942', { given: ['Resync_Error_Retry_Delay'] });
    expect(valueOf(removed, 'Resync_Error_Retry_Delay')).toBe('3600');
    expect(valueOf(withSettings('SPA1001', { 'provisioning.randomDelaySeconds': 50 }), 'Resync_Random_Delay')).toBe(
      '50',
    );
  });

  test('the three seconds of the bootstrap never stay', () => {
    expect(valueOf(phone('SPA942', { bare: true }), 'Resync_Periodic')).toBe('3600');
    expect(valueOf(withSettings('SPA942', { 'provisioning.syncMethods': [] }), 'Resync_Periodic')).toBe('0');
  });

  test('a rule with credentials is secret, and a password that would end the option block is left out', () => {
    const rule = (password: string): NeutralPhone =>
      withSettings('SPA504G', {
        'provisioning.url': 'https://prov.example.com/p/abcdefgh/',
        'provisioning.user': 'phone',
        'provisioning.password': password,
      });
    const good = renderPhone(driver, rule('p$ss')).params.find(({ name }) => name === 'Profile_Rule');
    expect(good).toMatchObject({
      secret: true,
      value: '[--uid phone --pwd p$$ss]https://prov.example.com/p/abcdefgh/$MA.xml',
    });
    for (const password of ['a]b', '-x', 'a"b']) {
      expect(valueOf(rule(password), 'Profile_Rule')).toBe('https://prov.example.com/p/abcdefgh/$MA.xml');
      expect(gapsOf(rule(password)).some((gap) => gap.startsWith('provisioning.url'))).toBe(true);
    }
  });

  test('a URL with a bar would be two rules, so it is refused when it is saved', () => {
    const url = 'http://prov.example.com/a|b.xml';
    expect(() => valueOf(withSettings('SPA504G', { 'provisioning.url': url }), 'Profile_Rule')).toThrow(
      /without blanks/,
    );
  });

  test('an SPA9xx loads firmware without TLS only', () => {
    const url = 'https://prov.example.com/fw/spa942-6-1-5a.bin';
    expect(valueOf(withSettings('SPA942', { 'provisioning.firmwareUrl': url }), 'Upgrade_Rule')).toBeUndefined();
    expect(valueOf(withSettings('SPA122', { 'provisioning.firmwareUrl': url }), 'Upgrade_Rule')).toBe(url);
    expect(
      driver.models.filter((model) => driver.trust.firmwarePlainOnly?.(model)).map((model) => model.family),
    ).toEqual(Array.from({ length: 6 }, () => 'spa9xx'));
  });

  test('a password that was given is not taken back by an empty one', () => {
    for (const name of [
      'Admin_Passwd',
      'User_Password',
      'Admin_Password',
      'router-configuration/Web_Login_Admin_Password',
    ])
      expect(valueOf(phone('SPA942', { given: [name] }), name)).toBeUndefined();
  });

  test('a line that is gone is switched off and its credentials are emptied', () => {
    const neutral = phone('SPA942', {
      given: ['User_ID_3_', 'Password_3_', 'Proxy_3_', 'Extension_3_', 'SIP_Port_3_'],
    });
    const values = ['Line_Enable_3_', 'User_ID_3_', 'Password_3_', 'Proxy_3_', 'Extension_3_', 'SIP_Port_3_'].map(
      (name) => valueOf(neutral, name),
    );
    expect(values).toEqual(['No', '', '', '', '3', '5062']);
  });

  test('the gateway line of an SPA3102 is left alone', () => {
    expect(valueOf(phone('SPA3102'), 'Line_Enable_2_')).toBeUndefined();
    expect(valueOf(phone('SPA2102'), 'Line_Enable_2_')).toBe('No');
  });

  test('a tone that begins with a pause sounds the same, from its first sound on', () => {
    expect(
      toneScript([
        { hz: [], ms: 500 },
        { hz: [350, 440], ms: 250 },
        { hz: [], ms: 250 },
        { hz: [440], ms: 100 },
      ]),
    ).toBe('350@-19,440@-19;*(0.25/0.25/1+2,0.1/0.5/2)');
    expect(toneScript([{ hz: [], ms: 500 }])).toBeUndefined();
  });

  test('a phone’s paging number is dialled from its script', () => {
    const parsed = parseMac('002699aabbcc');
    expect(parsed.ok).toBe(true);
    const neutral = phone('SPA942', {
      settings: { 'services.multicastListen': [{ address: '224.0.1.116', port: 5001, label: 'All' }] },
    });
    expect(gapsOf(neutral).join()).toContain('Group_Paging_Script came with SPA300/500');
  });
});

test('the resync URL opens the admin page with the profile’s URL', () => {
  expect(driver.instructions.resyncUrl?.('192.0.2.7', 'https://prov.example.com/p/abc/$MA.xml')).toBe(
    'http://192.0.2.7/admin/resync?https://prov.example.com/p/abc/$MA.xml',
  );
});
