import { describe, expect, test } from 'vitest';
import { goldenTests } from '../../../test/kit/golden.ts';
import { renderPhone, type NeutralPhone } from '../../../test/kit/render-input.ts';
import { softclients } from './index.ts';

const { driver } = softclients;

goldenTests(driver, new URL('./golden/', import.meta.url));

const LINE = { 'line.user': '201', 'line.password': 'sip-secret-201', 'line.serverHost': 'pbx.example.com' };

function render(phone: Partial<NeutralPhone>): {
  readonly values: Readonly<Record<string, string>>;
  readonly gaps: readonly string[];
  readonly text: string;
} {
  const { params, gaps, text } = renderPhone(driver, { model: 'Linphone', mac: '', ...phone });
  return {
    values: Object.fromEntries(params.map(({ name, value }) => [name, value])),
    gaps: gaps.map((gap) => `${gap.wanted}: ${gap.reason}`),
    text,
  };
}

const recognised = (userAgent: string): unknown =>
  Object.values(driver.recognise)
    .map((recognise) => recognise({ userAgent }))
    .find((clue) => clue !== undefined);

describe('who is asking', () => {
  test('the User-Agent "Unknown" of linphonec belongs to nobody', () => {
    expect(recognised('Unknown')).toBeUndefined();
  });

  test.each(['Linphonec/5.1.65', 'LinphoneAndroid/5.2.5 (Pixel)', 'Linphone-Desktop/5.0.2 (Linux)', 'linphone/5.1'])(
    '%s is Linphone, and its release is read',
    (userAgent) => {
      expect(recognised(userAgent)).toMatchObject({ vendor: 'softclients', model: 'Linphone' });
      expect(recognised(userAgent)).toHaveProperty('firmware.parts.0.0', 5);
    },
  );

  test.each(['NotLinphone/5.1', 'Linphone', 'Linphone/x', 'Linphone/5.1.65.1.1.1', `Linphone${'a'.repeat(70_000)}/5`])(
    'a User-Agent that only resembles it is not (%#)',
    (userAgent) => {
      expect(recognised(userAgent)).toBeUndefined();
    },
  );

  test('the file name tells the program in any case, and never a MAC', () => {
    const clue = Object.values(driver.recognise)
      .map((recognise) => recognise({ path: 'LINPHONE.XML' }))
      .find((found) => found);
    expect(clue).toMatchObject({ source: 'path', model: 'Linphone' });
    expect(clue).not.toHaveProperty('mac');
  });
});

describe('accounts', () => {
  test('the display name is a quoted string: quotes and backslashes are escaped (RFC 3261 §25.1)', () => {
    const { values } = render({ lines: { 1: { ...LINE, 'line.displayName': 'A "B" \\ C' } } });
    expect(values['proxy_0/reg_identity']).toBe('"A \\"B\\" \\\\ C" <sip:201@pbx.example.com>');
  });

  test.each(['\r', '\n', '\u0000', '\u2028'])(
    'a display name with a line break or control character is left out and reported, the account stays (%#)',
    (character) => {
      const { values, gaps } = render({ lines: { 1: { ...LINE, 'line.displayName': `Al${character}ice` } } });
      expect(values['proxy_0/reg_identity']).toBe('<sip:201@pbx.example.com>');
      expect(gaps.filter((gap) => gap.startsWith('line.user: line.displayName'))).toHaveLength(1);
    },
  );

  test('what a SIP user may not hold is percent-encoded', () => {
    const { values } = render({ lines: { 1: { ...LINE, 'line.user': '2#1' } } });
    expect(values['proxy_0/reg_identity']).toBe('<sip:2%231@pbx.example.com>');
    expect(values['auth_info_0/username']).toBe('2#1');
  });

  test('a user that brings its domain keeps it', () => {
    const { values } = render({ lines: { 1: { ...LINE, 'line.user': '201@acme.example.com' } } });
    expect(values['proxy_0/reg_identity']).toBe('<sip:201@acme.example.com>');
    expect(values['proxy_0/reg_proxy']).toBe('sip:pbx.example.com');
    expect(values).toMatchObject({ 'auth_info_0/username': '201', 'auth_info_0/domain': 'acme.example.com' });
  });

  test('an IPv6 registrar stands in brackets', () => {
    const { values } = render({
      lines: { 1: { ...LINE, 'line.serverHost': '2001:db8::1', 'line.serverPort': 5070, 'line.transport': 'tcp' } },
    });
    expect(values['proxy_0/reg_proxy']).toBe('sip:[2001:db8::1]:5070;transport=tcp');
    expect(values['proxy_0/reg_identity']).toBe('<sip:201@[2001:db8::1]>');
  });

  test('neither realm nor ha1 is ever written: both need a realm that nobody told us', () => {
    const { values } = render({ lines: { 1: { ...LINE, 'line.authUser': 'auth-201' } } });
    expect(values).toMatchObject({ 'auth_info_0/userid': 'auth-201', 'auth_info_0/passwd': 'sip-secret-201' });
    expect(Object.keys(values).filter((name) => /ha1|realm/.test(name))).toEqual([]);
  });

  test('lines 3 and 5 become accounts 0 and 1: Linphone stops reading at a hole', () => {
    const { values } = render({ lines: { 3: LINE, 5: { ...LINE, 'line.user': '205' } } });
    expect(values['proxy_0/reg_identity']).toContain('sip:201@');
    expect(values['proxy_1/reg_identity']).toContain('sip:205@');
    expect(Object.keys(values).filter((name) => /_[2-9]\//.test(name))).toEqual([]);
  });

  test('a line without a registrar is a gap, not half an account', () => {
    const { values, gaps } = render({ lines: { 1: { 'line.user': '201' } } });
    expect(values['proxy_0/reg_identity']).toBeUndefined();
    expect(gaps.some((gap) => gap.startsWith('line.user: an account needs line.serverHost'))).toBe(true);
  });

  test('REGISTER goes through the outbound proxy too, and a registrar port that cannot be said is reported', () => {
    const { values, gaps } = render({
      lines: {
        1: { ...LINE, 'line.serverPort': 5080, 'line.outboundProxyHost': 'sbc.example.com', 'line.transport': 'tls' },
      },
    });
    expect(values['proxy_0/reg_proxy']).toBe('sip:sbc.example.com;transport=tls');
    expect(values['proxy_0/reg_route']).toBe('sip:sbc.example.com;transport=tls;lr');
    expect(gaps.some((gap) => gap.startsWith('line.outboundProxyHost') && gap.includes('5080'))).toBe(true);
  });
});

describe('what Linphone has once for all accounts', () => {
  test('the first line decides, and a second line that wants otherwise is told so', () => {
    const { values, gaps } = render({
      lines: {
        1: { ...LINE, 'line.srtp': 'required', 'line.codecs': ['g722', 'pcma'], 'line.dtmf': 'info' },
        2: { ...LINE, 'line.user': '202', 'line.srtp': 'off', 'line.codecs': ['pcmu'], 'line.dtmf': 'info' },
      },
    });
    expect(values).toMatchObject({ 'sip/media_encryption': 'srtp', 'sip/media_encryption_mandatory': '1' });
    expect(values).toMatchObject({
      'audio_codec_0/mime': 'G722',
      'audio_codec_1/mime': 'PCMA',
      'audio_codec_2/mime': '',
    });
    expect(gaps.filter((gap) => gap.includes('line 1 decides')).map((gap) => gap.split(':')[0])).toEqual([
      'line.srtp',
      'line.codecs',
    ]);
  });

  test('a codec that the program lacks is a gap and does not take the others with it', () => {
    const { values, gaps } = render({ lines: { 1: { ...LINE, 'line.codecs': ['ilbc', 'opus'] } } });
    expect(values).toMatchObject({ 'audio_codec_0/mime': 'opus', 'audio_codec_0/rate': '48000' });
    expect(gaps.some((gap) => gap.startsWith('line.codecs') && gap.endsWith(': ilbc'))).toBe(true);
  });
});

describe('coming back', () => {
  const url = 'https://prov.example.com:1444/p/tokentoken/';

  test('the URL of the directory becomes that of the file, and credentials are fetched rather than stored', () => {
    const { values } = render({ settings: { 'provisioning.url': url } });
    expect(values['misc/config-uri']).toBe(`${url}linphone.xml`);
    expect(values['sip/store_auth_info']).toBe('0');
    expect(driver.provisioningUrl(url, driver.fallbackModel(undefined))).toBe(`${url}linphone.xml`);
  });

  test.each([[[]], [['periodic']]])(
    'without power_on it never comes back, and then it stores its credentials (%j)',
    (methods) => {
      const { values } = render({ settings: { 'provisioning.url': url, 'provisioning.syncMethods': methods } });
      expect(values).toMatchObject({ 'misc/config-uri': '', 'sip/store_auth_info': '1' });
    },
  );

  test('the URL is not taken away because a configuration leaves it out', () => {
    const { values } = render({ given: ['misc/config-uri', 'proxy_1/reg_proxy'] });
    expect(values).toMatchObject({ 'proxy_1/reg_proxy': '' });
    expect(values).not.toHaveProperty('misc/config-uri');
  });

  test('tftp is a gap: Linphone does not speak it', () => {
    const { values, gaps } = render({ settings: { 'provisioning.url': 'tftp://prov.example.com/' } });
    expect(values).not.toHaveProperty('misc/config-uri');
    expect(gaps.some((gap) => gap.startsWith('provisioning.url'))).toBe(true);
  });
});

test('at level 0 a soft client gets nothing at all', () => {
  const model = driver.fallbackModel(undefined);
  expect(
    driver.bootstrap({
      part: 'settings',
      secureUrl: 'https://prov.example.com:1444/',
      trust: 'off',
      caUrl: 'http://prov.example.com:1445/ca.pem',
      caPem: '',
      model,
      firmware: { text: '5.1.65', parts: [[5, '']] },
    }),
  ).toBeUndefined();
});

test('a line that is gone is emptied entry by entry', () => {
  const given = ['proxy_1/reg_proxy', 'proxy_1/reg_identity', 'auth_info_1/passwd'];
  const { text } = render({ lines: { 1: LINE }, given });
  expect(text).toContain('<entry name="passwd" overwrite="true"></entry>');
  expect(text.match(/<section name="proxy_1">/g)).toHaveLength(1);
});
