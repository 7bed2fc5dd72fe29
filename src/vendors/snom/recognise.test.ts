import { describe, expect, test } from 'vitest';
import type { ClientCertificate, Clue, RequestFacts } from '../../domain/recognise/clue.ts';
import { vendorId } from '../kit/driver.ts';
import { fallbackModel, modelNamed } from './models.ts';
import { recognise, VENDOR } from './recognise.ts';
import { requests } from './requests.ts';

const clueOf = (facts: RequestFacts): Clue | undefined =>
  Object.values(recognise)
    .map((recogniser) => recogniser(facts))
    .find((clue) => clue !== undefined);

describe('a User-Agent', () => {
  test.each([
    [
      'Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 2010.12-00004-g9ba52f5 000413922D24 SXM:0 UXM:0)',
      'D785',
      '10.1.33.33',
      '000413922d24',
    ],
    [
      'Mozilla/4.0 (compatible; snom710-SIP 8.7.5.35 1.1.5-IFX-05.01.12 000413741767)',
      '710',
      '8.7.5.35',
      '000413741767',
    ],
    ['Mozilla/4.0 (compatible; snom870-SIP 8.4.35 SPEAr300 SNOM 1.4)', '870', '8.4.35', undefined],
    [
      'Mozilla/4.0 (compatible; snom320-SIP 6.5.20; snom320 jffs2 v3.36; snom320 linux 3.38)',
      '320',
      '6.5.20',
      undefined,
    ],
    ['Mozilla/4.0 (compatible; Snom M900 05.20.0001 000413b60680)', 'M900', '05.20.0001', '000413b60680'],
    ['Mozilla/4.0 (compatible; snomM700 05.20.0001 00087B0A0B0C)', 'M700', '05.20.0001', '00087b0a0b0c'],
    ['Mozilla/4.0 (compatible; SNOMd785-sip  10.1.33.33 x 000413922d24)', 'D785', '10.1.33.33', '000413922d24'],
    ['Mozilla/4.0 (compatible; snomD899-SIP 10.2.1 y 000413922D24)', 'D899', '10.2.1', '000413922d24'],
  ])('%s is recognised', (userAgent, model, firmware, mac) => {
    const clue = clueOf({ userAgent });
    expect(clue).toMatchObject({ vendor: 'snom', source: 'user_agent', model, firmware: { text: firmware } });
    expect(clue?.mac).toBe(mac);
  });

  test('of the 6.5 boot loader tells the maker and nothing else', () => {
    const clue = clueOf({ userAgent: 'Mozilla/4.0 (compatible; snom lid 3605)' });
    expect(clue).toMatchObject({ vendor: 'snom', source: 'user_agent' });
    expect(clue?.model).toBeUndefined();
    expect(clue?.firmware).toBeUndefined();
    expect(clue?.mac).toBeUndefined();
  });

  test.each([
    'venomD785-SIP 10.1.33.33 x 000413922D24',
    'snom',
    'snomD785',
    'Yealink SIP-T46U 108.86.0.20 805ec0123456',
  ])('%s is not ours', (userAgent) => {
    expect(clueOf({ userAgent })).toBeUndefined();
  });

  test('with twelve digits inside a longer word has no MAC there', () => {
    expect(clueOf({ userAgent: 'snomD785-SIP 10.1.33.33 0004139999999 g000413922d24' })?.mac).toBeUndefined();
  });
});

describe('a path', () => {
  test('with model and MAC tells both, in any case and below any directory', () => {
    expect(clueOf({ path: 'x/snomD345-000413A11FA7.htm' })).toMatchObject({
      source: 'path',
      model: 'D345',
      mac: '000413a11fa7',
    });
    expect(clueOf({ path: 'SNOMd345-000413a11fa7.HTM' })?.model).toBe('D345');
  });

  test('with the model alone tells the model', () => {
    expect(clueOf({ path: 'snom715.htm' })).toMatchObject({ model: '715' });
    expect(clueOf({ path: 'snomM700.htm' })).toMatchObject({ model: 'M700' });
  });

  test.each(['000413A11FA7.xml', '00087b0a0b0c.xml'])('%s is ours by its OUI', (path) => {
    expect(clueOf({ path })?.vendor).toBe('snom');
  });

  test.each(['805ec0123456.xml', '000413e20001.xml', '000413a11fa7.cfg', 'snom-general.xml', 'index.htm'])(
    '%s says nothing of Snom',
    (path) => {
      expect(clueOf({ path })).toBeUndefined();
    },
  );
});

describe('a DHCP class', () => {
  test.each([
    ['snomD785', 'D785'],
    ['snom715', '715'],
    ['snomPA1', 'PA1'],
    ['snomM700', 'M700'],
    ['snomM700 05.20.0001', 'M700'],
  ])('%s names the model', (dhcpClass, model) => {
    expect(clueOf({ dhcpClass })).toMatchObject({ source: 'dhcp_class', vendor: 'snom', model });
  });

  test.each(['snomD785x', 'xsnomD785', 'snom', 'snomM7000'])('%s is not a Snom class', (dhcpClass) => {
    expect(clueOf({ dhcpClass })).toBeUndefined();
  });
});

describe('a client certificate', () => {
  const certificate = (names: readonly string[], more: Partial<ClientCertificate> = {}): ClientCertificate => ({
    subject: [{ type: 'O', value: 'snom technology' }, ...names.map((value) => ({ type: 'CN', value }))],
    issuer: [],
    fingerprint: '00',
    verifiedFor: [VENDOR],
    ...more,
  });

  test('names the phone by its MAC, in either case', () => {
    expect(clueOf({ certificate: certificate(['000413A11FA7']) })).toMatchObject({
      source: 'certificate',
      mac: '000413a11fa7',
    });
    expect(clueOf({ certificate: certificate(['000413a11fa7']) })?.mac).toBe('000413a11fa7');
  });

  test.each([
    ['of another maker’s CA', certificate(['000413a11fa7'], { verifiedFor: [vendorId('yealink')] })],
    ['of no CA that was imported', certificate(['000413a11fa7'], { verifiedFor: [] })],
    ['that was rejected', certificate(['000413a11fa7'], { rejected: 'expired' })],
    ['with two MACs', certificate(['000413a11fa7', '000413a11fa8'])],
    ['with a MAC inside a longer name', certificate(['phone 000413a11fa7'])],
    ['with a NUL in its name', certificate(['000413a11fa7\u0000.example.com'])],
    ['without a common name', certificate([])],
  ])('%s names nobody', (_what, given) => {
    expect(clueOf({ certificate: given })).toBeUndefined();
  });
});

describe('a model', () => {
  test.each([
    ['D715', '715'],
    ['snomD725', '725'],
    ['snomD712', 'D712'],
    ['snom300', '300'],
  ])('%s is %s on our list', (text, id) => {
    expect(modelNamed(text)?.id).toBe(id);
  });

  test('of another dialect gets gaps instead of XML that it may not read', () => {
    expect(fallbackModel('C520').family).toBe('VTech');
    expect(fallbackModel('M500').family).toBe('DECT');
    expect(fallbackModel(undefined).lines).toBe(2);
  });
});

describe('a request', () => {
  test.each([
    ['snomD785.htm', 'generic'],
    ['snomD785-000413A11FA7.htm', 'config'],
    ['000413A11FA7.xml', 'config'],
    ['00087B0A0B0C.xml', 'config'],
    ['snomD785-10.1.33.33-SIP-r.bin', 'firmware'],
    ['snomUXM-v1.1.0.bin', 'firmware'],
    ['snom-general.xml', 'absent'],
    ['snomD785.xml', 'absent'],
    ['snomD785-firmware.xml', 'absent'],
    ['gui_lang.xml', 'absent'],
  ])('for %s means %s', (name, kind) => {
    expect(requests.find((route) => route.match.test(name))?.kind).toBe(kind);
  });

  test('for another maker’s {MAC}.xml is not ours', () => {
    expect(requests.some((route) => route.match.test('805ec0123456.xml'))).toBe(false);
  });
});
