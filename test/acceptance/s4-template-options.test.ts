import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Explanation, Setting } from '../../src/api/contract.ts';
import type { Maker } from '../kit/office.ts';
import { startTestProduct, type TestProduct } from '../kit/product.ts';
import { openWorkbench, pick, refusal, type Workbench } from '../kit/workbench.ts';

let offhook: TestProduct;
let acme: Workbench;
beforeAll(async () => {
  offhook = await startTestProduct();
  acme = await openWorkbench(offhook, 'acme');
});
afterAll(() => offhook.close());

const settingOf = async (id: string): Promise<Setting | undefined> =>
  ((await offhook.must('GET', '/settings')) as { items: Setting[] }).items.find((setting) => setting.id === id);

/** Why a maker's phone cannot be given a setting, as its administrator is told. */
async function gapOf(maker: Maker, name: string, setting: string): Promise<string | undefined> {
  const path = acme.path(`/phones/${acme.macOf(maker, name)}/explain`);
  const { gaps } = (await offhook.must('GET', path)) as Explanation;
  return gaps.find((gap) => gap.wanted === setting)?.reason;
}

const refusedField = async (settings: Readonly<Record<string, unknown>>): Promise<readonly string[]> => {
  const body = { vendor: 'yealink', models: ['T46U'], settings };
  return (await refusal(offhook, 'PUT', acme.path('/templates/refused'), body)).fields;
};

test('S4.42 the registrar fields accept the dummy IP of a mapping', async () => {
  const dummy = '1.1.1.1';
  const settings = { 'line.backupServerHost': dummy, 'line.outboundProxyHost': dummy };
  const written = { settings, extension: { serverHost: dummy } };
  const yealink = ['sip_server.1.address', 'sip_server.2.address', 'outbound_proxy.1.address'].map(
    (name) => `account.1.${name}`,
  );
  const snom = ['user_host[1]', 'user_outbound[1]'];
  const before = await acme.serve('yealink', 't442', written);
  expect(Object.values(pick(before, ...yealink))).toEqual([dummy, dummy, dummy]);
  const snomBefore = await acme.serve('snom', 't442', written);
  expect(Object.values(pick(snomBefore, ...snom))).toEqual([dummy, `${dummy};transport=udp,${dummy};transport=udp`]);

  const name = 'master88.commzilla.net';
  await offhook.must('PUT', acme.path(`/mappings/${dummy}`), { to: name });
  const after = await acme.serve('yealink', 't442', written);
  expect(Object.values(pick(after, ...yealink))).toEqual([name, name, name]);
  const snomAfter = await acme.serve('snom', 't442', written);
  expect(Object.values(pick(snomAfter, ...snom))).toEqual([name, `${name};transport=udp,${name};transport=udp`]);

  for (const wrong of ['sip:1.1.1.1', '1.1.1.1:5060', '']) {
    expect(await refusedField({ 'line.backupServerHost': wrong })).toContain('settings.line.backupServerHost');
    const extension = { password: 'sip-secret', serverHost: wrong };
    expect((await refusal(offhook, 'PUT', acme.path('/extensions/442'), extension)).fields).toContain('serverHost');
  }
});

test('S4.43 NAT with rport is an option, and on is what is recommended', async () => {
  const setting = await settingOf('network.rport');
  expect(setting?.builtIn).toBe(true);
  expect(setting?.help).toContain('Recommended on');
  expect((await acme.serve('yealink', 't443')).get('account.1.nat.rport')).toBe('1');
  expect((await acme.serve('snom', 't443')).get('enable_rport_rfc3581')).toBe('on');
  const off = { settings: { 'network.rport': false } };
  expect((await acme.serve('yealink', 't443', off)).get('account.1.nat.rport')).toBe('0');
  expect((await acme.serve('snom', 't443', off)).get('enable_rport_rfc3581')).toBe('off');
});

test('S4.44 a STUN server can be set; without one there is none, and it is not recommended', async () => {
  const setting = await settingOf('network.stunServer');
  expect(setting?.builtIn).toBeUndefined();
  expect(setting?.help).toContain('Not recommended');
  const names = ['static.sip.nat_stun.enable', 'static.sip.nat_stun.server', 'account.1.nat.nat_traversal'] as const;
  expect(pick(await acme.serve('yealink', 't444'), ...names)).toEqual({});
  expect((await acme.serve('snom', 't444')).has('stun_server[1]')).toBe(false);

  const settings = { 'network.stunServer': 'stun.example.com', 'network.stunPort': 3479 };
  const yealink = await acme.serve('yealink', 't444', { settings });
  expect(pick(yealink, ...names, 'static.sip.nat_stun.port')).toEqual({
    'static.sip.nat_stun.enable': '1',
    'static.sip.nat_stun.server': 'stun.example.com',
    'static.sip.nat_stun.port': '3479',
    'account.1.nat.nat_traversal': '1',
  });
  expect((await acme.serve('snom', 't444', { settings })).get('stun_server[1]')).toBe('stun.example.com:3479');

  // Taken away again, it is off again on a phone that has had it.
  const off = await acme.serve('yealink', 't444');
  expect(pick(off, names[0], names[2])).toEqual({ [names[0]]: '0', [names[2]]: '0' });
  expect((await acme.serve('snom', 't444')).get('stun_server[1]')).toBe('');
});

test('S4.45 LLDP can be enabled', async () => {
  const values = async (on: boolean): Promise<readonly unknown[]> => {
    const settings = { 'network.lldp': on };
    return [
      (await acme.serve('yealink', 't445', { settings })).get('static.network.lldp.enable'),
      (await acme.serve('snom', 't445', { settings })).get('lldp_enable'),
      (await acme.serve('polycom', 't445', { settings })).get('device.net.lldpEnabled'),
    ];
  };
  expect(await values(true)).toEqual(['1', 'on', '1']);
  expect(await values(false)).toEqual(['0', 'off', '0']);
});

test('S4.46 CDP can be enabled', async () => {
  const values = async (on: boolean): Promise<readonly unknown[]> => {
    const settings = { 'network.cdp': on };
    return [
      (await acme.serve('yealink', 't446', { settings })).get('static.network.cdp.enable'),
      (await acme.serve('polycom', 't446', { settings })).get('device.net.cdpEnabled'),
    ];
  };
  expect(await values(true)).toEqual(['1', '1']);
  expect(await values(false)).toEqual(['0', '0']);
  await acme.serve('snom', 't446', { settings: { 'network.cdp': true } });
  expect(await gapOf('snom', 't446', 'network.cdp')).toContain('LLDP');
});

test('S4.47 date and time can be changed', async () => {
  const berlin = {
    'time.ntp1': 'ntp.example.com',
    'time.zone': 'Europe/Berlin',
    'time.dateFormat': 'dd.mm.yyyy',
    'time.hours24': true,
  };
  const yealink = {
    'local_time.ntp_server1': 'ntp.example.com',
    'local_time.time_zone': '+1',
    'local_time.start_time': '3/5/7/2',
    'local_time.end_time': '10/5/7/3',
    'local_time.date_format': '3',
    'local_time.time_format': '1',
  };
  const snom = { ntp_server: 'ntp.example.com', date_us_format: 'off', time_24_format: 'on' };
  const first = await acme.serve('yealink', 't447', { settings: berlin });
  expect(pick(first, ...Object.keys(yealink))).toEqual(yealink);
  const firstSnom = await acme.serve('snom', 't447', { settings: berlin });
  expect(pick(firstSnom, ...Object.keys(snom))).toEqual(snom);
  expect(firstSnom.get('timezone')).toMatch(/^GER\+1/);

  const newYork = { 'time.zone': 'America/New_York', 'time.dateFormat': 'mm/dd/yyyy', 'time.hours24': false };
  const second = await acme.serve('yealink', 't447', { settings: newYork });
  expect(pick(second, 'local_time.time_zone', 'local_time.start_time', 'local_time.date_format')).toEqual({
    'local_time.time_zone': '-5',
    'local_time.start_time': '3/2/7/2',
    'local_time.date_format': '4',
  });
  expect(second.get('local_time.time_format')).toBe('0');
  const secondSnom = await acme.serve('snom', 't447', { settings: newYork });
  expect(pick(secondSnom, 'date_us_format', 'time_24_format')).toEqual({ date_us_format: 'on', time_24_format: 'off' });
  expect(secondSnom.get('timezone')).toMatch(/^USA-5/);
  expect(await refusedField({ 'time.zone': 'half past' })).toEqual(['settings.time.zone']);
});

test('S4.48 the language of the phone’s interface can be chosen', async () => {
  const values = async (language: string): Promise<readonly unknown[]> => {
    const settings = { 'ui.language': language };
    return [
      (await acme.serve('yealink', 't448', { settings })).get('lang.gui'),
      (await acme.serve('snom', 't448', { settings })).get('language'),
      (await acme.serve('polycom', 't448', { settings })).get('lcl.ml.lang'),
    ];
  };
  expect(await values('de')).toEqual(['German', 'Deutsch', 'German_Germany']);
  expect(await values('fr')).toEqual(['French', 'Français', 'French_France']);
  expect(await refusedField({ 'ui.language': 'tlh' })).toEqual(['settings.ui.language']);
});

test('S4.49 the tones of a country can be chosen', async () => {
  const values = async (country: string): Promise<readonly unknown[]> => {
    const settings = { 'ui.toneCountry': country };
    return [
      (await acme.serve('yealink', 't449', { settings })).get('voice.tone.country'),
      (await acme.serve('snom', 't449', { settings })).get('tone_scheme'),
    ];
  };
  expect(await values('DE')).toEqual(['Germany', 'GER']);
  expect(await values('GB')).toEqual(['Great Britain', 'GBR']);
  expect(await refusedField({ 'ui.toneCountry': 'XX' })).toEqual(['settings.ui.toneCountry']);
});

test('S4.50 tones of one’s own can be set', async () => {
  const tones = {
    dial: [{ hz: [350, 440], ms: 1000 }],
    busy: [
      { hz: [425], ms: 480 },
      { hz: [], ms: 490 },
    ],
  };
  const settings = { 'ui.customTones': tones };
  const yealink = await acme.serve('yealink', 't450', { settings });
  expect(pick(yealink, 'voice.tone.country', 'voice.tone.dial', 'voice.tone.busy')).toEqual({
    'voice.tone.country': 'Custom',
    'voice.tone.dial': '350+440/1000',
    'voice.tone.busy': '425/480,0/490',
  });
  const chord = 'tone.chord.callProg.busyTone';
  const polycom = await acme.serve('polycom', 't450', { settings });
  expect(pick(polycom, `${chord}.freq.1`, `${chord}.onDur`, `${chord}.offDur`)).toEqual({
    [`${chord}.freq.1`]: '425',
    [`${chord}.onDur`]: '480',
    [`${chord}.offDur`]: '490',
  });
  await acme.serve('snom', 't450', { settings });
  expect(await gapOf('snom', 't450', 'ui.customTones')).toContain('tone_scheme');
  expect(await refusedField({ 'ui.customTones': { dial: [{ hz: [5], ms: 1000 }] } })).toEqual([
    'settings.ui.customTones.dial[0].hz[0]',
  ]);
});

test('S4.51 any other option that the maker has can be set by the maker’s own name', async () => {
  const yealink = { 'phone_setting.missed_call_power_led_flash.enable': { value: '0', public: true } };
  const snom = { conf_hangup: 'on' };
  const name = 'phone_setting.missed_call_power_led_flash.enable';
  expect((await acme.serve('yealink', 't451')).has(name)).toBe(false);
  expect((await acme.serve('yealink', 't451', { raw: yealink })).get(name)).toBe('0');
  expect((await acme.serve('snom', 't451', { raw: snom })).get('conf_hangup')).toBe('on');
  // What the phone itself says is stronger than its template.
  const raw = { [name]: '1' };
  expect((await acme.serve('yealink', 't451', { raw: yealink, phone: { raw } })).get(name)).toBe('1');

  const body = { vendor: 'yealink', models: ['T46U'], raw: { 'two words': '1', 'a.b': 'x\ny' } };
  const { status, fields } = await refusal(offhook, 'PUT', acme.path('/templates/t451-bad'), body);
  expect([status, fields]).toEqual([422, ['raw.two words', 'raw.a.b']]);
});
