import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goldenTests } from '../../../test/kit/golden.ts';
import { hostileText } from '../../../test/kit/hostile-text.ts';
import { renderPhone, type NeutralPhone } from '../../../test/kit/render-input.ts';
import { parseFirmwareVersion } from '../../domain/firmware-version.ts';
import { parseMac } from '../../domain/mac.ts';
import type { ClientCertificate, RequestFacts, SubjectField } from '../../domain/recognise/clue.ts';
import type { ServerTrust } from '../../domain/settings/security.ts';
import { vendorId } from '../kit/driver.ts';
import { readXml } from '../kit/xml.ts';
import { polycom } from './index.ts';

const { driver } = polycom;

goldenTests(driver, new URL('./golden/', import.meta.url));

const MAC = '0004f20000a1';
const line = (user: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  'line.user': user,
  'line.password': `sip-secret-${user}`,
  'line.serverHost': 'pbx.example.com',
  ...more,
});
const one = { 1: line('201') };

/** The attributes or contacts of one file, as a reader sees them. */
function readBack(phone: Omit<NeutralPhone, 'mac'>, part = 'settings'): Readonly<Record<string, string>> {
  const { text } = renderPhone(driver, { mac: MAC, ...phone }, part);
  return Object.fromEntries(driver.codec.read(text, part).map(({ name, value }) => [name, value]));
}
const gapsOf = (phone: Omit<NeutralPhone, 'mac'>): readonly string[] =>
  renderPhone(driver, { mac: MAC, ...phone }).gaps.map((gap) => `${gap.wanted}: ${gap.reason}`);

const modelOf = (id: string) => driver.models.find((model) => model.id === id) ?? driver.fallbackModel(id);
const cluesOf = (facts: RequestFacts) =>
  Object.values(driver.recognise)
    .map((recognise) => recognise(facts))
    .filter((clue) => clue !== undefined);

describe('who is asking', () => {
  test.each([
    ['FileTransport PolycomSoundPointIP-SPIP_335-UA/3.2.1.0078', 'SPIP335', undefined, undefined],
    [
      'FileTransport PolycomSoundStationIP-SSIP_6000-UA/4.0.4.2906 Type/Application',
      'SSIP6000',
      '4.0.4.2906',
      undefined,
    ],
    ['FileTransport PolycomSoundStationIP-SSIP_6000-UA/5.0.3.1667 Type/Updater', 'SSIP6000', undefined, undefined],
    [
      'FileTransport PolycomSoundStationIP-SSIP_5000-UA/4.0.3.7562 (SN:0004f2e765da) Type/Application',
      'SSIP5000',
      '4.0.3.7562',
      '0004f2e765da',
    ],
    ['FileTransport PolycomVVX-VVX_101-UA/5.4.3.1014 Type/Application', 'VVX101', '5.4.3.1014', undefined],
    [
      'FileTransport PolyCCX-CCX_500-UA/9.4.1.0508 (SN:64167f9f4c90) Type/Application',
      'CCX500',
      '9.4.1.0508',
      '64167f9f4c90',
    ],
    ['FileTransport PolyEdge-Edge_E450-UA/8.0.0.15602 Type/Application', 'EDGEE450', '8.0.0.15602', undefined],
    ['PolyEdge-Edge_E350-UA/8.3.1.0614_f04ea4691c59', 'EDGEE350', '8.3.1.0614', 'f04ea4691c59'],
    ['PolycomVVX-VVX_411-UA/5.9.6.2327', 'VVX411', '5.9.6.2327', undefined],
    ['filetransport  polycomvvx-vvx_999-ua/5.9.6.2327  type/application', 'VVX999', '5.9.6.2327', undefined],
  ])('%s', (userAgent, model, firmware, mac) => {
    const [clue] = cluesOf({ userAgent });
    expect(clue).toMatchObject({ source: 'user_agent', vendor: 'polycom', model });
    expect(clue?.firmware?.text).toBe(firmware);
    expect(clue?.mac).toBe(mac);
  });

  test('an old phone tells its firmware only with files that the application asks for', () => {
    const userAgent = 'FileTransport PolycomSoundPointIP-SPIP_335-UA/3.2.1.0078';
    const firmware = (path: string) => cluesOf({ userAgent, path })[0]?.firmware?.text;
    expect(firmware('0004f20000a1.cfg')).toBeUndefined();
    expect(firmware('sip.ld')).toBeUndefined();
    expect(firmware('sip.cfg')).toBe('3.2.1.0078');
    expect(firmware('0004f20000a1-directory.xml')).toBe('3.2.1.0078');
    expect(firmware('0004f20000a1-offhook.cfg')).toBe('3.2.1.0078');
  });

  test('the updater’s version is not the firmware’s, whatever it asks for', () => {
    const userAgent = 'FileTransport PolycomVVX-VVX_411-UA/5.9.6.2327 Type/Updater';
    expect(cluesOf({ userAgent, path: '0004f20000a1-app.log' })[0]?.firmware).toBeUndefined();
  });

  test.each([
    '0004f20000a1.cfg',
    '0004F20000A1.CFG',
    'phone0004f20000a1.cfg',
    'VVX411-0004f20000a1.cfg',
    '0004f20000a1_reg.cfg',
    'logs/0004f20000a1-app.log',
    '0004f20000a1-calls.xml',
    'overrides//0004f20000a1-phone.cfg',
  ])('the path %s names the phone', (path) => {
    expect(cluesOf({ path })).toMatchObject([{ source: 'path', vendor: 'polycom', mac: '0004f20000a1' }]);
  });

  test('a file name with another maker’s MAC is not claimed', () => {
    expect(cluesOf({ path: '805ec0123456.cfg' })).toEqual([]);
    expect(cluesOf({ path: '805ec0123456-directory.xml' })).toEqual([]);
  });

  test('twelve zeros name the file for all, never a phone', () => {
    const clues = [...cluesOf({ path: '000000000000.cfg' }), ...cluesOf({ path: 'phone000000000000.cfg' })];
    expect(clues).toMatchObject([{ vendor: 'polycom' }]);
    expect(clues.some((clue) => clue.mac !== undefined)).toBe(false);
    expect(
      cluesOf({ userAgent: 'FileTransport PolycomVVX-VVX_411-UA/5.9.6.2327 (SN:000000000000) Type/Application' })[0]
        ?.mac,
    ).toBeUndefined();
  });

  test('an OUI that another maker uses today counts for the one old model that carries it', () => {
    expect(cluesOf({ path: '00907a0000a1.cfg' })).toMatchObject([{ model: 'SPECTRALINK8030' }]);
    expect(driver.ouis).not.toContain('00907a');
  });

  test('the DHCP class names the model', () => {
    expect(cluesOf({ dhcpClass: 'Polycom-VVX411' })).toMatchObject([{ source: 'dhcp_class', model: 'VVX411' }]);
    expect(cluesOf({ dhcpClass: 'Cisco Polycom-VVX411' })).toEqual([]);
  });
});

describe('a client certificate', () => {
  const certificate = (subject: readonly SubjectField[], more: Partial<ClientCertificate> = {}): RequestFacts => ({
    certificate: { subject, issuer: [], fingerprint: 'ab', verifiedFor: [vendorId('polycom')], ...more },
  });
  const cn = (...values: readonly string[]) => values.map((value) => ({ type: 'CN', value }));

  test('names the phone when its common name is the MAC', () => {
    expect(cluesOf(certificate(cn('0004F20000A1')))).toMatchObject([{ source: 'certificate', mac: '0004f20000a1' }]);
    expect(cluesOf(certificate(cn('00:04:f2:00:00:a1')))).toMatchObject([{ mac: '0004f20000a1' }]);
  });

  test.each([
    ['two common names', cn('0004f20000a1', '0004f20000a2')],
    ['two MACs in one name', cn('0004f20000a1 0004f20000a2')],
    ['a MAC inside a longer name', cn('phone-0004f20000a1')],
    ['a NUL after the MAC', cn('0004f20000a1\u0000.example.com')],
    ['a MAC in another field', [{ type: 'O', value: '0004f20000a1' }]],
    ['twelve zeros', cn('000000000000')],
  ])('%s names nobody', (_name, subject) => {
    expect(cluesOf(certificate(subject))).toEqual([]);
  });

  test('counts only where this maker’s CA signed it and nothing is wrong with it', () => {
    expect(cluesOf(certificate(cn(MAC), { verifiedFor: [vendorId('yealink')] }))).toEqual([]);
    expect(cluesOf(certificate(cn(MAC), { rejected: 'expired' }))).toEqual([]);
  });
});

describe('the two dialects', () => {
  const codecNames = (model: string, firmware: string) =>
    Object.keys(readBack({ model, firmware, lines: { 1: line('201', { 'line.codecs': ['pcmu'] }) } })).filter((name) =>
      name.startsWith('voice.'),
    );

  test('go by the firmware, not by the model', () => {
    expect(codecNames('SPIP335', '3.2.1.0078')).toContain('voice.codecPref.G711Mu');
    expect(codecNames('SPIP335', '4.0.3.7562')).toContain('voice.codecPref.G711_Mu');
  });

  test('3.3 is UCS, but on IP 320 and 330 it is SIP 3.3', () => {
    expect(codecNames('SPIP335', '3.3.0.1098')).toContain('voice.codecPref.G711_Mu');
    expect(codecNames('SPIP320', '3.3.0.1098')).toContain('voice.codecPref.G711Mu');
  });

  test('an unknown firmware takes that of the model', () => {
    const codecs = (model: string) => codecNames(model, 'unknown');
    expect(codecs('SPIP501')).toContain('voice.codecPref.G711Mu');
    expect(codecs('VVX411')).toContain('voice.codecPref.G711_Mu');
  });

  test('keys are placed from UCS 4.1 on', () => {
    const reassigned = (model: string, firmware: string) =>
      readBack({ model, firmware, lines: one })['lineKey.reassignment.enabled'];
    expect(reassigned('VVX500', '4.0.4')).toBeUndefined();
    expect(reassigned('VVX500', '4.1.6')).toBe('1');
    expect(reassigned('SPIP650', '4.1.6')).toBeUndefined();
  });

  test('the ring class that answers is a number in SIP 3.x and a name in UCS, with the same index as its value', () => {
    const settings = { 'features.intercom': true };
    const old = readBack({ model: 'SPIP650', firmware: '3.2', settings });
    const ucs = readBack({ model: 'VVX411', settings });
    expect([old['voIpProt.SIP.alertInfo.2.class'], ucs['voIpProt.SIP.alertInfo.2.class']]).toEqual(['1', 'autoAnswer']);
    expect(Object.keys(ucs).filter((name) => name.endsWith('.class')).length).toBe(
      Object.keys(ucs).filter((name) => /alertInfo.*value$/.test(name)).length,
    );
  });

  test('the transport words are the maker’s', () => {
    const transport = (word: string) =>
      readBack({ model: 'VVX411', lines: { 1: line('201', { 'line.transport': word }) } })['reg.1.server.1.transport'];
    expect(['udp', 'tcp', 'tls'].map(transport)).toEqual(['UDPOnly', 'TCPOnly', 'TLS']);
  });
});

describe('parameters that stay in flash', () => {
  test('are written with .set beside them, also when an operator wrote them raw', () => {
    const { text } = renderPhone(driver, { model: 'VVX411', mac: MAC, raw: { 'device.baseProfile': 'Generic' } });
    const names = Array.from(text.matchAll(/(device\.[\w.]+)="/g), (match) => match[1] ?? '');
    expect(names[0]).toBe('device.set');
    for (const name of names.filter((candidate) => candidate !== 'device.set' && !candidate.endsWith('.set')))
      expect(names, name).toContain(`${name}.set`);
    expect(text).toContain('  device.baseProfile="Generic"\n  device.baseProfile.set="1"\n');
  });

  test('no attribute stands twice, even when raw parameters repeat what settings say', () => {
    const { text } = renderPhone(driver, {
      model: 'VVX411',
      mac: MAC,
      lines: one,
      keys: { 'key/2': { key: { type: 'blf', line: 1, watch: '202' } } },
      raw: { 'attendant.resourceList.1.address': '999', 'device.set': '1', 'reg.1.label': 'raw' },
    });
    const names = Array.from(text.matchAll(/^ {2}([\w.]+)=/gm), (match) => match[1]);
    expect(new Set(names).size).toBe(names.length);
    expect(text).toContain('attendant.resourceList.1.address="999"');
    expect(readXml(text).ok).toBe(true);
  });

  test('a removed VLAN is written as untagged; a removed SIP parameter is simply left out', () => {
    const after = readBack({
      model: 'VVX411',
      given: ['device.net.vlanId', 'reg.2.address', 'device.foo'],
      bare: true,
    });
    expect(after).toMatchObject({ 'device.net.vlanId': '', 'device.foo': '' });
    expect(after).not.toHaveProperty('reg.2.address');
  });

  test('a phone whose provisioning URL is taken away goes back to DHCP and keeps the name of the server', () => {
    const given = [
      'device.prov.serverName',
      'device.prov.serverType',
      'device.dhcp.bootSrvUseOpt',
      'device.prov.ztpEnabled',
    ];
    const after = readBack({ model: 'VVX411', settings: { 'provisioning.url': null }, given });
    expect(after).toMatchObject({ 'device.dhcp.bootSrvUseOpt': 'Default', 'device.prov.ztpEnabled': '1' });
    expect(after).not.toHaveProperty('device.prov.serverName');
  });

  test('an admin password that is taken away is never an empty one', () => {
    expect(
      readBack({ model: 'VVX411', settings: { 'security.adminPassword': null } })['device.auth.localAdminPassword'],
    ).toBe('456');
  });
});

describe('keys', () => {
  const blf = (watch: string) => ({ key: { type: 'blf', line: 1, watch, label: `L${watch}` } });

  test('the n-th BLF key shows resource n, whatever the order in which the layout was written', () => {
    const file = readBack({
      model: 'VVX411',
      lines: one,
      modules: 1,
      keys: { 'module/1/2': blf('209'), 'key/10': blf('208'), 'key/9': blf('207') },
    });
    expect([1, 2, 3].map((n) => file[`attendant.resourceList.${n}.address`])).toEqual(['207', '208', '209']);
    expect([9, 10, 14].map((n) => file[`lineKey.${n}.category`])).toEqual(['BLF', 'BLF', 'BLF']);
    expect([9, 10, 14].map((n) => file[`lineKey.${n}.index`])).toEqual(['0', '0', '0']);
    expect(file['attendant.uri']).toBe('');
  });

  test('keys of the second module follow those of the first', () => {
    const file = readBack({ model: 'VVX600', lines: one, modules: 2, keys: { 'module/2/1': blf('202') } });
    expect(file['lineKey.57.category']).toBe('BLF');
  });

  test('every registration has a line key, also when a layout says nothing of it or gave its usual key away', () => {
    const lines = { 1: line('201'), 2: line('202') };
    expect(readBack({ model: 'VVX411', lines })).toMatchObject({ 'lineKey.1.index': '1', 'lineKey.2.index': '2' });
    const file = readBack({ model: 'VVX411', lines, keys: { 'key/2': blf('203') } });
    expect(file).toMatchObject({ 'lineKey.2.category': 'BLF', 'lineKey.3.category': 'Line', 'lineKey.3.index': '2' });
  });

  test('a registration on two keys says so in reg.N.lineKeys', () => {
    const keys = { 'key/1': { key: { type: 'line', line: 1 } }, 'key/2': { key: { type: 'line', line: 1 } } };
    expect(readBack({ model: 'VVX411', lines: one, keys })['reg.1.lineKeys']).toBe('2');
  });

  test('a cleared line key is the phone’s own again', () => {
    expect(readBack({ model: 'VVX411', lines: one, keys: { 'key/1': { clear: true } } })['lineKey.1.category']).toBe(
      'Line',
    );
  });

  test('a speed dial is a contact in the directory file, and only there', () => {
    const phone = {
      model: 'VVX411',
      lines: one,
      keys: { 'key/3': { key: { type: 'speed_dial', line: 1, dial: '110', label: 'P & Q' } } },
    };
    expect(readBack(phone, 'directory')).toMatchObject({ 'directory.3.ct': '110', 'directory.3.lb': 'P & Q' });
    expect(Object.keys(readBack(phone)).filter((name) => name.startsWith('directory'))).toEqual([]);
    expect(readBack(phone)).toMatchObject({ 'lineKey.3.category': 'SpeedDial', 'lineKey.3.index': '3' });
  });

  test.each(['$Trefer$', '201$Tinvite$', '^201', '!key7'])(
    'the number %s is refused: the phone would run it as a macro',
    (dial) => {
      for (const slot of ['key/3', 'soft/1'])
        expect(
          gapsOf({
            model: 'VVX411',
            lines: one,
            keys: { [slot]: { key: { type: 'speed_dial', line: 1, dial } } },
          }).join(),
        ).toContain('macro');
    },
  );

  test('macros are numbered without gaps and their keys point at them', () => {
    const pickup = (code: string) => ({ key: { type: 'group_pickup', line: 1, code, label: code } });
    const file = readBack({ model: 'VVX411', lines: one, keys: { 'key/8': pickup('*9'), 'key/5': pickup('*8') } });
    expect(file).toMatchObject({
      'lineKey.5.index': '1',
      'efk.efklist.1.action.string': '*8$Tinvite$',
      'lineKey.8.index': '2',
      'efk.efklist.2.action.string': '*9$Tinvite$',
      'feature.EFKLineKey.enabled': '1',
    });
  });

  test('before UCS 5 a macro is a contact that begins with ^', () => {
    const phone = {
      model: 'VVX500',
      firmware: '4.1.6',
      lines: one,
      keys: { 'key/5': { key: { type: 'group_pickup', line: 1, code: '*8' } } },
    };
    expect(readBack(phone, 'directory')).toMatchObject({ 'directory.5.ct': '^*8$Tinvite$' });
    expect(readBack(phone)).toMatchObject({
      'lineKey.5.category': 'SpeedDial',
      'feature.enhancedFeatureKeys.enabled': '1',
    });
  });

  test('a SoundPoint without flexible keys says which keys it cannot place', () => {
    const phone = {
      model: 'SPIP650',
      lines: { 1: line('201'), 2: line('202') },
      keys: { 'key/2': blf('203'), 'key/3': blf('204'), 'key/6': blf('205') },
    };
    const gaps = gapsOf(phone).filter((gap) => gap.startsWith('key/'));
    expect(gaps.map((gap) => gap.slice(0, 5))).toEqual(['key/2', 'key/6']);
    expect(readBack(phone)['attendant.resourceList.2.address']).toBe('204');
  });

  test('a phone without watched extensions says so', () => {
    expect(gapsOf({ model: 'SPIP335', lines: one, keys: { 'key/2': blf('203') } }).join()).toContain(
      'attendant.resourceList exists on',
    );
    expect(gapsOf({ model: 'SPIP650', firmware: '3.1.2', lines: one, keys: { 'key/2': blf('203') } }).join()).toContain(
      'attendant.resourceList exists on',
    );
  });

  test('single watched extensions beside a BLF list are reported, because the phone ignores them', () => {
    const phone = {
      model: 'VVX411',
      lines: { 1: line('201', { 'line.blfListUri': 'blf-201' }) },
      keys: { 'key/2': blf('203'), 'key/3': { key: { type: 'blf_list', line: 1 } } },
    };
    expect(gapsOf(phone).filter((gap) => gap.startsWith('key/'))).toHaveLength(1);
    expect(readBack(phone)).toMatchObject({ 'attendant.uri': 'blf-201', 'lineKey.3.category': 'BLF' });
  });

  test('no label or number of a key can add a contact or a parameter', () => {
    const names = (phone: Omit<NeutralPhone, 'mac'>) =>
      [readBack(phone), readBack(phone, 'directory')].flatMap((file) => Object.keys(file));
    const phone = (label: string) => ({
      model: 'VVX411',
      lines: one,
      keys: {
        'key/2': { key: { type: 'blf', line: 1, watch: '202', label } },
        'key/3': { key: { type: 'speed_dial', line: 1, dial: '203', label } },
        'key/4': { key: { type: 'group_pickup', line: 1, code: '*8', label } },
      },
    });
    const expected = new Set(names(phone('x')));
    fc.assert(
      fc.property(
        hostileText.filter((text) => text.length > 0 && text.length <= 60),
        (label) => {
          expect(names(phone(label)).filter((name) => !expected.has(name))).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('when the phone comes back', () => {
  const poll = (settings: Record<string, unknown>) => {
    const file = readBack({ model: 'VVX411', settings });
    return ['enabled', 'mode', 'period', 'time', 'timeRandomEnd'].map((name) => file[`prov.polling.${name}`]);
  };

  test('every so many minutes, counted from its start', () => {
    expect(
      poll({
        'provisioning.syncMethods': ['power_on', 'periodic', 'sip_notify'],
        'provisioning.resyncEveryMinutes': 1440,
      }),
    ).toEqual(['1', 'rel', '86400', undefined, undefined]);
  });

  test('never more often than the phone can', () => {
    const settings = { 'provisioning.resyncEveryMinutes': 10 };
    expect(poll(settings)[2]).toBe('3601');
    expect(gapsOf({ model: 'VVX411', settings }).join()).toContain('above 3600');
  });

  test('at a time of day', () => {
    expect(
      poll({ 'provisioning.syncMethods': ['power_on', 'at_time', 'sip_notify'], 'provisioning.resyncAt': '02:15' }),
    ).toEqual(['1', 'abs', '86400', '02:15', undefined]);
  });

  test('within a window, where the period is above a day', () => {
    const settings = {
      'provisioning.syncMethods': ['power_on', 'periodic', 'at_time', 'sip_notify'],
      'provisioning.resyncEveryMinutes': 2880,
      'provisioning.resyncAt': '23:30',
      'provisioning.randomDelaySeconds': 7200,
    };
    expect(poll(settings)).toEqual(['1', 'random', '172800', '23:30', '23:59']);
    expect(gapsOf({ model: 'VVX411', settings }).join()).not.toContain('randomDelaySeconds');
    expect(gapsOf({ model: 'SPIP650', firmware: '3.2', settings }).join()).toContain('randomDelaySeconds');
  });

  test('never, as far as the phone can be told', () => {
    expect(poll({ 'provisioning.syncMethods': [] })[0]).toBe('0');
    expect(gapsOf({ model: 'VVX411', settings: { 'provisioning.syncMethods': [] } }).join()).toContain('every start');
  });
});

describe('daylight saving', () => {
  const zone = (name: string) => readBack({ model: 'VVX411', settings: { 'time.zone': name } });
  const prefix = 'tcpIpApp.sntp.daylightSavings';

  test('is switched off where there is none, because it is on by default with American dates', () => {
    expect(zone('Asia/Tokyo')).toMatchObject({ [`${prefix}.enable`]: '0', 'tcpIpApp.sntp.gmtOffset': '32400' });
  });

  test('of a week from the start of the month begins on 1, 8, 15 or 22', () => {
    expect(zone('America/New_York')).toMatchObject({
      [`${prefix}.start.date`]: '8',
      [`${prefix}.start.dayOfWeek`]: '1',
      [`${prefix}.start.dayOfWeek.lastInMonth`]: '0',
      [`${prefix}.stop.date`]: '1',
    });
  });

  test('that is no whole hour, or no whole hour of the day, is reported', () => {
    expect(gapsOf({ model: 'VVX411', settings: { 'time.zone': 'Australia/Lord_Howe' } }).join()).toContain(
      '30 minutes',
    );
    expect(gapsOf({ model: 'VVX411', settings: { 'time.zone': 'Africa/Cairo' } }).join()).toContain('cannot say');
  });
});

describe('what is known per line and exists once on the phone', () => {
  test('is taken from the first line; another line that differs gets a gap', () => {
    const lines = { 1: line('201', { 'line.localSipPort': 15060 }), 2: line('202', { 'line.localSipPort': 15062 }) };
    expect(readBack({ model: 'VVX411', lines })['voIpProt.SIP.local.port']).toBe('15060');
    expect(gapsOf({ model: 'VVX411', lines }).filter((gap) => gap.startsWith('line.localSipPort'))).toHaveLength(1);
  });

  test('SRTP required on one line does not demand it of the others', () => {
    const lines = {
      1: line('201', { 'line.srtp': 'required' }),
      2: line('202', { 'line.srtp': 'off' }),
      3: line('203'),
    };
    expect(readBack({ model: 'VVX411', lines })).toMatchObject({
      'sec.srtp.enable': '1',
      'sec.srtp.require': '0',
      'reg.1.srtp.require': '1',
      'reg.2.srtp.enable': '0',
    });
  });

  test('message waiting subscribes to the mailbox, never to "1"', () => {
    expect(
      readBack({ model: 'VVX411', lines: { 1: line('201', { 'line.mwiSubscribe': true }) } })['msg.mwi.1.subscribe'],
    ).toBe('201');
  });
});

describe('the master', () => {
  test('names the phone’s own settings file, the folders for uploads, and firmware only where there is one', () => {
    const master = readBack({ model: 'VVX411', lines: one }, 'master');
    expect(master).toMatchObject({
      CONFIG_FILES: '0004f20000a1-offhook.cfg',
      LOG_FILE_DIRECTORY: 'logs/',
      OVERRIDES_DIRECTORY: 'overrides/',
    });
    expect(master).not.toHaveProperty('APP_FILE_PATH');
    const settings = { 'provisioning.firmwareUrl': 'https://prov.example.com/fw/sip.ld' };
    expect(readBack({ model: 'VVX411', settings }, 'master')['APP_FILE_PATH']).toBe(
      'https://prov.example.com/fw/sip.ld',
    );
    const never = { ...settings, 'provisioning.firmwarePolicy': 'never' };
    expect(readBack({ model: 'VVX411', settings: never }, 'master')).not.toHaveProperty('APP_FILE_PATH');
  });

  test.each([
    ['000000000000.cfg', 'generic', 'master'],
    ['0004F20000A1.cfg', 'config', 'master'],
    ['0004f20000a1-offhook.cfg', 'config', 'settings'],
    ['[PHONE_MAC_ADDRESS]-offhook.cfg', 'generic', 'settings'],
    ['0004f20000a1-directory.xml', 'config', 'directory'],
    ['000000000000-directory.xml', 'absent', 'directory'],
    ['overrides/0004f20000a1-phone.cfg', 'upload', 'overrides'],
    ['0004f20000a1-web.cfg', 'upload', 'overrides'],
    ['logs//0004f20000a1-app.log', 'upload', 'log'],
    ['logs/0004f20000a1-boot.log', 'upload', 'log'],
    ['calls/0004f20000a1-calls.xml', 'upload', 'calls'],
    ['0004f20000a1-license.cfg', 'absent', 'licence'],
    ['000000000000-license.cfg', 'absent', 'licence'],
    ['3111-48450-001.sip.ld', 'firmware', 'firmware'],
    ['sip.ld', 'firmware', 'firmware'],
    ['bootblock.ld', 'firmware', 'firmware'],
    ['0004f20000a1.xml', 'absent', 'obi'],
  ])('%s is %s, %s', (name, kind, part) => {
    expect(driver.requests.find((route) => route.match.test(name))).toMatchObject({ kind, part });
  });
});

describe('the bootstrap', () => {
  const write = (id: string, firmware: string, trust: ServerTrust, part: string): string => {
    const model = modelOf(id);
    const version = parseFirmwareVersion(firmware);
    const mac = parseMac(MAC);
    const params = driver.bootstrap({
      part,
      secureUrl: 'https://prov.example.com:1444/t/abcdef/',
      trust,
      caUrl: 'http://prov.example.com:1445/ca.pem',
      caPem: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
      model,
      firmware: version,
    });
    const list = Object.entries(params ?? {}).map(([name, value]) => ({
      name,
      value,
      secret: false,
      source: { kind: 'vendor' as const },
    }));
    // With the MAC known: the bytes must not tell it.
    const ctx = { part, model, firmware: version, mac: mac.ok ? mac.value : undefined };
    return driver.codec
      .write(list, ctx)
      .map((fileLine) => fileLine.text)
      .join('\n');
  };

  test('the master has the same bytes for every phone and names the settings by a macro', () => {
    const master = write('VVX411', '5.9.6', 'check', 'master');
    expect(master).toContain('CONFIG_FILES="[PHONE_MAC_ADDRESS]-offhook.cfg"');
    expect(master).not.toContain(MAC);
  });

  test('the settings point to the secure port, in the words of the generation, and stop DHCP', () => {
    const ucs = write('VVX411', '5.9.6', 'check', 'settings');
    for (const attribute of [
      'device.set="1"',
      'device.prov.serverName="prov.example.com:1444/t/abcdef/"',
      'device.prov.serverName.set="1"',
      'device.prov.serverType="HTTPS"',
      'device.dhcp.bootSrvUseOpt="Static"',
      'device.prov.ztpEnabled="0"',
    ])
      expect(ucs).toContain(attribute);
    const old = write('SPIP501', '3.1', 'check', 'settings');
    expect(old).toContain('device.prov.serverType="3"');
    expect(old).toContain('device.dhcp.bootSrvUseOpt="2"');
    expect(`${ucs}${old}`).not.toMatch(/password|localAdmin|prov\.user|serverName="https?:/i);
    expect(`${ucs}${old}`).not.toContain(MAC);
  });

  test('our CA is installed and checked against; the name check alone can be switched off', () => {
    expect(write('VVX411', '5.9.6', 'check', 'settings')).not.toContain('sec.TLS');
    const installed = write('VVX411', '5.9.6', 'install_ca', 'settings');
    expect(installed).toContain('device.sec.TLS.customCaCert1="-----BEGIN CERTIFICATE-----&#10;MIIB&#10;');
    expect(installed).toContain('device.sec.TLS.customCaCert1.set="1"');
    expect(installed).toContain('strictCertCommonNameValidation="1"');
    expect(write('VVX411', '5.9.6', 'off', 'settings')).toContain('strictCertCommonNameValidation="0"');
  });

  test('there is no directory at level 0', () => {
    expect(write('VVX411', '5.9.6', 'check', 'directory')).not.toContain('<item>');
  });
});
