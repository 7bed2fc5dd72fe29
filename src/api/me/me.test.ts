import { beforeEach, describe, expect, test } from 'vitest';
import { ask, testApi, type Answer, type TestApi } from '../../../test/kit/api.ts';
import { Secret } from '../../domain/secret.ts';
import type { Api } from '../api.ts';
import { buildApi } from '../build-api.ts';
import { shownMe, shownOwnPhone } from './schema.ts';

let local: TestApi;
let app: Api;
let alice: Record<string, string>;

const T = '/tenants/acme';
const HERS = '02ee00000001';
const HIS = '02ee00000002';
const ELSEWHERE = '02ee00000003';
const MINE = `/me/phones/${HERS}`;

const as = (method: 'GET' | 'PATCH', path: string, body?: unknown, headers = {}): Promise<Answer> =>
  ask(app, method, path, body, { ...alice, ...headers });

async function logIn(name: string): Promise<Record<string, string>> {
  const { body } = await ask(app, 'POST', '/sessions', { name, password: `${name}-password` });
  return { authorization: `Bearer ${String(body['token'])}` };
}

const must = async (path: string, body: unknown): Promise<void> => {
  const { status, text } = await local.ask('PUT', path, body);
  if (status >= 300) throw new Error(`${path}: ${text}`);
};

const userOf = (tenant: string, person: string) => ({ role: 'user', tenant, person, password: `${person}-password` });

const TEMPLATE = {
  vendor: 'testphone',
  models: ['T4'],
  settings: {
    'ui.language': { value: 'en', access: 'write' },
    'ui.ringtone': { access: 'write' },
    'ui.screensaverSeconds': { value: 60, access: 'write', locked: true },
    'time.zone': { value: 'Europe/Berlin', access: 'read' },
    'security.adminPassword': { value: 'canary-admin', access: 'read' },
    'security.userPassword': { value: 'canary-user', access: 'write' },
    'time.hours24': { value: true, access: 'none' },
    'features.dnd': { clear: true, access: 'write' },
    'security.userAccess': 'write',
    'line.ringtone': { value: 3, access: 'write' },
    'line.password': { access: 'read' },
    'line.srtp': 'off',
  },
};

beforeEach(async () => {
  local = await testApi();
  app = await buildApi({ ...local.deps, authenticate: 'tokens' });
  for (const tenant of ['acme', 'globex']) {
    await must(`/tenants/${tenant}`, { title: `The ${tenant}` });
    await must(`/tenants/${tenant}/people/alice`, { displayName: 'Alice', email: 'alice@example.com' });
  }
  await must(`${T}/people/bob`, {});
  for (const number of ['201', '202'])
    await must(`${T}/extensions/${number}`, {
      displayName: `Desk ${number}`,
      password: 'canary-sip',
      serverHost: 'pbx.example.com',
    });
  await must(`${T}/templates/desk`, TEMPLATE);
  const phone = { vendor: 'testphone', model: 'T4' };
  const raw = { 'x.y': { value: 'canary-raw', access: 'write', public: true } };
  await must(`${T}/phones/${HERS}`, { ...phone, template: 'desk', person: 'alice', raw, lines: ['201'] });
  await must(`${T}/phones/${HIS}`, { ...phone, person: 'bob', lines: ['202'] });
  await must(`/tenants/globex/phones/${ELSEWHERE}`, { ...phone, person: 'alice' });
  await must('/users/alice', userOf('acme', 'alice'));
  alice = await logIn('alice');
});

describe('what a person sees', () => {
  test('is who he is', async () => {
    const { body } = await as('GET', '/me');
    expect(() => shownMe.strict().parse(body)).not.toThrow();
    expect(body).toEqual({
      name: 'alice',
      tenant: { name: 'acme', title: 'The acme' },
      person: { name: 'alice', displayName: 'Alice', email: 'alice@example.com' },
    });
  });

  test('are his own phones, page after page, with what is open to him and nothing else', async () => {
    const { body } = await as('GET', '/me/phones');
    expect(body['items']).toHaveLength(1);
    const [phone] = body['items'] as unknown as unknown[];
    expect(() => shownOwnPhone.strict().parse(phone)).not.toThrow();
    expect(phone).toEqual({
      name: HERS,
      mac: HERS,
      vendor: 'testphone',
      model: 'T4',
      blocked: false,
      state: 'owned',
      settings: {
        'ui.language': { value: 'en', access: 'write' },
        'ui.ringtone': { access: 'write' },
        'ui.screensaverSeconds': { value: 60, access: 'read', locked: true },
        'time.zone': { value: 'Europe/Berlin', access: 'read' },
        'security.adminPassword': { value: '***', access: 'read' },
        'security.userPassword': { value: '***', access: 'write' },
        'features.dnd': { clear: true, access: 'write' },
      },
      lines: [
        {
          position: 1,
          extension: '201',
          displayName: 'Desk 201',
          settings: {
            'line.ringtone': { value: 3, access: 'write' },
            'line.password': { value: '***', access: 'read' },
          },
        },
      ],
    });
    expect((await as('GET', MINE)).body).toEqual(phone);
    await must(`${T}/phones/02ee00000000`, { vendor: 'testphone', model: 'T4', person: 'alice' });
    const first = await as('GET', '/me/phones?limit=1');
    expect(first.body).toMatchObject({ items: [{ name: '02ee00000000' }], next: '02ee00000000' });
    expect((await as('GET', '/me/phones?limit=5&after=02ee00000000')).body['items']).toMatchObject([{ name: HERS }]);
  });

  test('holds no secret, token, password or URL', async () => {
    const own = (await local.deps.store.platform.tenants.byKey('acme'))?.id;
    const kept = own === undefined ? undefined : await local.deps.store.tenant(own).phones.byKey(HERS);
    const { text } = await as('GET', MINE);
    expect(kept?.token.reveal()).toMatch(/.{20}/);
    for (const secret of ['canary', kept?.token.reveal(), kept?.httpPassword.reveal(), kept?.httpUser, '://', 'x.y'])
      expect(text).not.toContain(secret);
  });

  test('W2 is never another person’s phone: it answers as what is not there, at home and elsewhere', async () => {
    for (const method of ['GET', 'PATCH'] as const) {
      const body = method === 'PATCH' ? { settings: {} } : undefined;
      const absent = await as(method, '/me/phones/02ee0000000f', body);
      expect(absent.status).toBe(404);
      for (const name of [HIS, ELSEWHERE]) {
        const { status, text } = await as(method, `/me/phones/${name}`, body);
        expect({ status, text }, name).toEqual({ status: 404, text: absent.text });
      }
    }
    await local.ask('PATCH', `${T}/phones/${HERS}`, { person: 'bob' });
    expect((await as('GET', MINE)).status).toBe(404);
    expect((await as('GET', '/me/phones')).body['items']).toEqual([]);
  });
});

describe('what a person changes', () => {
  test('stands on the phone under his name, and an access that stood there stays', async () => {
    await local.ask('PATCH', `${T}/phones/${HERS}`, { settings: { 'ui.ringtone': { value: 1, access: 'write' } } });
    const settings = { 'ui.language': 'it', 'ui.ringtone': { value: 5 }, 'features.dnd': true };
    const lines = [{ position: 1, settings: { 'line.ringtone': 7 } }];
    const { status, body } = await as('PATCH', MINE, { settings, lines });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      settings: {
        'ui.language': { value: 'it', access: 'write', own: true },
        'ui.ringtone': { value: 5, own: true },
      },
      lines: [{ settings: { 'line.ringtone': { value: 7, own: true } } }],
    });
    const seen = (await local.ask('GET', `${T}/phones/${HERS}`)).body;
    expect(seen['settings']).toMatchObject({
      'ui.language': { value: 'it', by: 'alice' },
      'ui.ringtone': { value: 5, access: 'write', by: 'alice' },
      'features.dnd': { value: true, by: 'alice' },
    });
    expect(seen['lines']).toMatchObject([{ settings: { 'line.ringtone': { value: 7, by: 'alice' } } }]);
    const [entry] = (await local.ask('GET', '/audit?limit=1&tenant=acme')).body['items'] as unknown as unknown[];
    expect(entry).toMatchObject({ who: 'alice', from: '127.0.0.1', what: 'phone.changed', object: HERS });
    expect(JSON.stringify(entry)).toContain('"field":"settings.ui.language.value","after":"it"');
  });

  test('he takes back with null, and clears', async () => {
    await local.ask('PATCH', `${T}/phones/${HERS}`, { settings: { 'ui.ringtone': { value: 1, access: 'write' } } });
    await as('PATCH', MINE, { settings: { 'ui.language': 'it' } });
    const { body } = await as('PATCH', MINE, { settings: { 'ui.language': null, 'ui.ringtone': null } });
    expect(body['settings']).toMatchObject({ 'ui.language': { value: 'en' }, 'ui.ringtone': { access: 'write' } });
    const { settings } = (await local.ask('GET', `${T}/phones/${HERS}`)).body;
    expect(settings).toEqual({ 'ui.ringtone': expect.objectContaining({ access: 'write' }) });
    const cleared = await as('PATCH', MINE, { settings: { 'ui.language': { clear: true } } });
    expect(cleared.body['settings']).toMatchObject({ 'ui.language': { clear: true, own: true } });
  });

  test('may be a password: it is kept and never shown, and *** keeps it', async () => {
    await as('PATCH', MINE, { settings: { 'security.userPassword': 'canary-hers' } });
    const again = await as('PATCH', MINE, { settings: { 'security.userPassword': '***' } });
    expect(again.status).toBe(200);
    expect(again.text).not.toContain('canary');
    expect((await local.ask('GET', '/audit?limit=1')).text).not.toContain('canary');
    const tenant = (await local.deps.store.platform.tenants.byKey('acme'))?.id;
    const kept = tenant === undefined ? undefined : await local.deps.store.tenant(tenant).phones.byKey(HERS);
    const entry = kept?.settings['security.userPassword'];
    expect(entry).toMatchObject({ value: new Secret('canary-hers'), by: 'alice' });
    expect(entry !== undefined && 'value' in entry && entry.value instanceof Secret && entry.value.reveal()).toBe(
      'canary-hers',
    );
  });

  test('is refused, and named, where it is not open to him: one refusal and nothing is changed', async () => {
    const refused = async (body: unknown): Promise<unknown> => {
      const { status, body: answer } = await as('PATCH', MINE, body);
      expect(status).toBe(422);
      return (answer['errors'] as unknown as { field: string; message: string }[]).map(
        ({ field, message }) => `${field} ${message}`,
      );
    };
    const before = (await local.ask('GET', `${T}/phones/${HERS}`)).body;
    const settings = {
      'ui.language': 'it',
      'time.hours24': false,
      'line.serverHost': 'evil.example.com',
      'time.zone': 'Europe/Rome',
      'ui.screensaverSeconds': 0,
      'provisioning.url': 'https://evil.example.com/',
      'no.such': 1,
    };
    const line = { 'line.srtp': 'required', 'line.password': 'x', 'ui.language': 'it' };
    expect(await refused({ settings, lines: [{ position: 1, settings: line }] })).toEqual([
      'settings.time.hours24 is not open to you',
      'settings.line.serverHost is a setting of a line',
      'settings.time.zone is open to you to be seen, not to be changed',
      'settings.ui.screensaverSeconds is locked by your administrator',
      'settings.provisioning.url is not open to you',
      'settings.no.such there is no such setting',
      'lines[0].settings.line.srtp is not open to you',
      'lines[0].settings.line.password is open to you to be seen, not to be changed',
      'lines[0].settings.ui.language is a setting of the phone, not of a line',
    ]);
    expect(await refused({ settings: { 'ui.language': { value: 'it', access: 'none', locked: true } } })).toEqual([
      'settings.ui.language.access is set by your administrator',
      'settings.ui.language.locked is set by your administrator',
    ]);
    expect(await refused({ settings: { 'time.zone': null, 'ui.ringtone': 99 } })).toHaveLength(1);
    expect(await refused({ settings: { 'ui.ringtone': 99 } })).toEqual([
      expect.stringMatching(/^settings\.ui\.ringtone /),
    ]);
    const twice = { position: 1, settings: {} };
    expect(await refused({ lines: [twice, twice, { position: 2, settings: {} }] })).toEqual([
      'lines[1].position is used twice',
      'lines[2].position the phone has no such line',
    ]);
    expect(await refused({ label: 'Mine', person: 'bob', keys: {} })).toEqual([
      'label there is no such field',
      'person there is no such field',
      'keys there is no such field',
    ]);
    expect((await local.ask('GET', `${T}/phones/${HERS}`)).body).toEqual(before);
  });

  test('stops being open the moment that a stronger layer closes it, and a lock on the phone itself counts', async () => {
    const change = async (): Promise<unknown> =>
      (await as('PATCH', MINE, { settings: { 'ui.language': 'it' } })).body['errors'];
    await local.ask('PATCH', `${T}/phones/${HERS}`, { settings: { 'ui.language': { access: 'read' } } });
    expect(await change()).toMatchObject([{ message: 'is open to you to be seen, not to be changed' }]);
    await local.ask('PATCH', `${T}/phones/${HERS}`, { settings: { 'ui.language': { value: 'fr', locked: true } } });
    expect(await change()).toMatchObject([{ message: 'is locked by your administrator' }]);
    await local.ask('PATCH', `${T}/phones/${HERS}`, { settings: { 'ui.language': null } });
    expect(await change()).toBeUndefined();
  });

  test('does not overwrite what somebody has changed since he read it', async () => {
    const { etag } = (await as('GET', MINE)).headers;
    await local.ask('PATCH', `${T}/phones/${HERS}`, { label: 'Hall' });
    const late = { 'if-match': String(etag) };
    expect((await as('PATCH', MINE, { settings: { 'ui.language': 'it' } }, late)).status).toBe(412);
    const now = { 'if-match': String((await as('GET', MINE)).headers.etag) };
    const changed = await as('PATCH', MINE, { settings: { 'ui.language': 'it' } }, now);
    expect(changed.status).toBe(200);
    expect(changed.headers.etag).toBe((await as('GET', MINE)).headers.etag);
  });
});

test('a person who may log in stays: his login is named', async () => {
  await local.ask('PATCH', `${T}/phones/${HERS}`, { person: null });
  const removed = await local.ask('DELETE', `${T}/people/alice`);
  expect(removed.body).toMatchObject({ status: 409, detail: 'in use by user alice' });
});
