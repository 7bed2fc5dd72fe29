import { beforeEach, describe, expect, test } from 'vitest';
import { testApi, type TestApi } from '../../../test/kit/api.ts';
import { linesOf } from '../../../test/kit/store-objects.ts';
import { shownPhone } from './schema.ts';

let api: TestApi;
const T = '/tenants/acme';
const P = `${T}/phones/02:ee:00:00:00:01`;
const phone = { vendor: 'testphone', model: 'T4' };

const errorOf = (answer: { body: { errors?: unknown } }): unknown => answer.body.errors;

beforeEach(async () => {
  api = await testApi();
  await api.ask('PUT', T, {});
  await api.ask('PUT', '/tenants/globex', {});
  for (const number of ['201', '202'])
    await api.ask('PUT', `${T}/extensions/${number}`, { password: 'sip-secret', serverHost: 'pbx.example.com' });
  await api.ask('PUT', `${T}/templates/desk`, {
    vendor: 'testphone',
    models: ['T4'],
    keys: {
      'key/1': { key: { type: 'line', line: 1 } },
      'key/2': { key: { type: 'line', line: 2 } },
    },
  });
});

describe('writing a phone', () => {
  test('S4.81 adding a phone stores it, and the same PUT again changes nothing', async () => {
    const first = await api.ask('PUT', P, { ...phone, lines: ['201'] });
    expect(first.status).toBe(201);
    expect(() => shownPhone.strict().parse(first.body)).not.toThrow();
    const again = await api.ask('PUT', P, { ...phone, lines: ['201'] });
    expect(again.status).toBe(200);
    expect(again.headers.etag).toBe(first.headers.etag);
    expect((await api.ask('GET', P)).body).toEqual(first.body);
  });

  test('what was read can be sent back as it is', async () => {
    await api.ask('PUT', P, {
      ...phone,
      template: 'desk',
      label: 'Reception',
      settings: { 'line.transport': { value: 'tls', access: 'read', locked: true }, 'line.srtp': null },
      raw: { 'x.y': 'hidden', 'x.z': { value: 'seen', public: true } },
      keys: { 'key/3': { key: { type: 'blf', line: 1, watch: '202' } } },
      lines: [{ extension: '201', settings: { 'line.localSipPort': 15060 } }],
    });
    const read = await api.ask('GET', P);
    const back = await api.ask('PUT', P, read.body);
    expect(back.status).toBe(200);
    expect(back.headers.etag).toBe(read.headers.etag);
  });

  test('S4.70 a phone belongs to one tenant: there is no tenant that stands for all', async () => {
    for (const name of ['global', 'all'])
      expect((await api.ask('PUT', `/tenants/${name}/phones/02ee00000001`, phone)).status).toBe(404);
    expect(errorOf(await api.ask('PUT', '/tenants/global', {}))).toMatchObject([{ field: 'name', value: 'global' }]);
    expect(errorOf(await api.ask('PUT', P, { ...phone, tenant: 'globex' }))).toMatchObject([{ field: 'tenant' }]);
  });

  test('S4.71 the model must be one of the maker’s', async () => {
    expect(errorOf(await api.ask('PUT', P, { ...phone, model: 'T9' }))).toMatchObject([
      { field: 'model', value: 'T9' },
    ]);
    expect(errorOf(await api.ask('PUT', P, { vendor: 'nobody', model: 'T4' }))).toMatchObject([
      { field: 'vendor', value: 'nobody' },
    ]);
  });

  test('S4.72 a template must be for the model, and of the tenant or global', async () => {
    await api.ask('PUT', `${T}/templates/ata`, { vendor: 'testphone', models: ['T1'] });
    await api.ask('PUT', '/tenants/globex/templates/theirs', { vendor: 'testphone', models: ['T4'] });
    await api.ask('PUT', '/templates/common', { vendor: 'testphone', models: ['T4'] });
    expect(errorOf(await api.ask('PUT', P, { ...phone, template: 'ata' }))).toMatchObject([
      { field: 'template', value: 'ata' },
    ]);
    expect(errorOf(await api.ask('PUT', P, { ...phone, template: 'theirs' }))).toMatchObject([{ field: 'template' }]);
    expect((await api.ask('PUT', P, { ...phone, template: 'common' })).body['template']).toBe('global/common');
    const choices = await api.ask('GET', `${T}/template-choices?vendor=testphone&model=T4`);
    expect(choices.body['items']).toEqual([
      { reference: 'desk', title: '', lineKeys: 2 },
      { reference: 'global/common', title: '', lineKeys: 1 },
    ]);
  });

  test('S4.73 the MAC is unique in the whole system, whatever notation it is written in', async () => {
    await api.ask('PUT', P, phone);
    for (const name of ['02-EE-00-00-00-01', '02ee.0000.0001', '02EE00000001', '02 ee 00 00 00 01'])
      expect((await api.ask('GET', `${T}/phones/${encodeURIComponent(name)}`)).body['mac']).toBe('02ee00000001');
    const other = await api.ask('PUT', '/tenants/globex/phones/02ee00000001', phone);
    expect(other.status).toBe(409);
    expect(other.text).not.toContain('acme');
    expect(errorOf(other)).toMatchObject([{ field: 'mac', value: '02ee00000001' }]);
  });

  test('a full-width digit makes no MAC', async () => {
    const answer = await api.ask('POST', `${T}/phones`, { ...phone, mac: '02ee0000000１' });
    expect(answer.status).toBe(422);
    expect(errorOf(answer)).toMatchObject([{ field: 'mac', value: '02ee0000000１' }]);
  });

  test('S4.74 a phone has as many lines as its template has line keys', async () => {
    expect((await api.ask('GET', `${T}/templates/desk`)).body['lineKeys']).toBe(2);
    const line = { extension: '201', position: 3 };
    expect(errorOf(await api.ask('PUT', P, { ...phone, template: 'desk', lines: [line] }))).toMatchObject([
      { field: 'lines[0].position', value: 3 },
    ]);
    expect((await api.ask('PUT', P, { ...phone, lines: [line] })).status).toBe(201);
  });

  test('S4.14 an extension must exist before it can be put on a phone', async () => {
    expect(errorOf(await api.ask('PUT', P, { ...phone, lines: ['999'] }))).toMatchObject([
      { field: 'lines[0].extension', value: '999' },
    ]);
  });

  test('S4.75 only unassigned extensions are offered, and the second of two phones does not get the same one', async () => {
    await api.ask('PUT', P, { ...phone, lines: ['201'] });
    const free = await api.ask('GET', `${T}/extensions?unassigned=true`);
    expect(free.body['items']).toMatchObject([{ number: '202' }]);
    const second = await api.ask('PUT', `${T}/phones/02ee00000002`, { ...phone, lines: ['201'] });
    expect(second.status).toBe(422);
    expect(errorOf(second)).toMatchObject([{ field: 'lines[0].extension', value: '201' }]);
    const both = await Promise.all(
      ['03', '04'].map((end) => api.ask('PUT', `${T}/phones/02ee000000${end}`, { ...phone, lines: ['202'] })),
    );
    expect(both.map((answer) => answer.status).toSorted()).toEqual([201, 422]);
  });

  test('a shared extension may be on two phones', async () => {
    await api.ask('PATCH', `${T}/extensions/201`, { shared: true });
    await api.ask('PUT', P, { ...phone, lines: ['201'] });
    expect((await api.ask('PUT', `${T}/phones/02ee00000002`, { ...phone, lines: ['201'] })).status).toBe(201);
  });

  test('S4.76 a phone has a label for its display', async () => {
    expect((await api.ask('PUT', P, { ...phone, label: 'Reception' })).body['label']).toBe('Reception');
  });

  test('S4.64 the local SIP port can be set on a line only: every template and layer refuses it', async () => {
    const settings = { 'line.localSipPort': 15060 };
    const field = 'settings.line.localSipPort';
    const template = { vendor: 'testphone', models: ['T4'], settings };
    for (const [path, body] of [
      [`${T}/templates/port`, template],
      ['/templates/port', template],
      [`${T}/profiles/port`, { settings }],
      [T, { settings }],
      ['/platform', { settings }],
      [P, { ...phone, settings }],
    ] as const)
      expect(errorOf(await api.ask('PUT', path, body)), path).toMatchObject([{ field }]);
    const onLine = await api.ask('PUT', P, { ...phone, lines: [{ extension: '201', settings }] });
    expect(onLine.status).toBe(201);
  });

  test('S4.78 the local SIP port is 10000 to 20000, both included, and nothing else', async () => {
    const at = (port: unknown) =>
      api.ask('PUT', P, { ...phone, lines: [{ extension: '201', settings: { 'line.localSipPort': port } }] });
    for (const port of [10000, 20000]) expect((await at(port)).status, String(port)).toBeLessThan(300);
    for (const port of [9999, 20001, 'free', 15060.5])
      expect(errorOf(await at(port)), String(port)).toMatchObject([
        { field: 'lines[0].settings.line.localSipPort', value: port },
      ]);
  });

  test('S4.79 SRTP without TLS is a warning, and with TLS none', async () => {
    const codes = (answer: { body: Record<string, unknown> }) =>
      (answer.body['warnings'] as { code: string }[]).map((warning) => warning.code);
    const settings = { 'line.srtp': 'optional' };
    expect(codes(await api.ask('PUT', P, { ...phone, lines: ['201'], settings }))).toContain('srtp-without-tls');
    const tls = await api.ask('PATCH', P, { settings: { 'line.transport': 'tls' } });
    expect(codes(tls)).not.toContain('srtp-without-tls');
    await api.ask('PATCH', P, { settings: { 'line.transport': null } });
    await api.ask('PATCH', `${T}/extensions/201`, { transport: 'tls' });
    expect(codes(await api.ask('GET', P))).not.toContain('srtp-without-tls');
  });

  test('S4.80 PBX services are tied to the extension of line 1', async () => {
    const settings = { 'services.directoryLookupUrl': 'https://pbx.example.com/lookup' };
    const without = await api.ask('PUT', P, { ...phone, settings, lines: [{ position: 2, extension: '201' }] });
    expect(without.body['warnings']).toContainEqual(expect.objectContaining({ code: 'pbx-services-without-line-1' }));
    const tied = await api.ask('PUT', P, { ...phone, settings, lines: ['202'] });
    expect(tied.body['pbxServicesExtension']).toBe('202');
  });

  test('a phone known by its serial number gets its MAC later, and a soft client has a name of its own', async () => {
    const bySerial = await api.ask('PUT', `${T}/phones/CCQ12345678`, phone);
    expect(bySerial.body).toMatchObject({ name: 'CCQ12345678', serial: 'CCQ12345678' });
    const bound = await api.ask('PATCH', `${T}/phones/CCQ12345678`, { mac: '02ee00000009' });
    expect(bound.body).toMatchObject({ name: '02ee00000009', mac: '02ee00000009', serial: 'CCQ12345678' });
    const soft = await api.ask('PUT', `${T}/phones/alice-laptop`, { vendor: 'testphone', model: 'Soft' });
    expect(soft.body).toMatchObject({ name: 'alice-laptop' });
    expect(soft.body['serial']).toBeUndefined();
  });

  test('a serial number that looks like a MAC is not mistaken for one', async () => {
    await api.ask('POST', `${T}/phones`, { ...phone, serial: 'ABCDEF123456' });
    expect((await api.ask('GET', `${T}/phones/ABCDEF123456`)).body).toMatchObject({ serial: 'ABCDEF123456' });
  });

  test('an unknown field is refused by its name', async () => {
    const answer = await api.ask('PUT', P, { ...phone, colour: 'red' });
    expect(answer.status).toBe(422);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toMatchObject({
      type: '/api/v1/problems/invalid',
      status: 422,
      errors: [{ field: 'colour', message: 'there is no such field' }],
    });
  });
});

describe('secrets', () => {
  test('a secret goes in as text, comes out as ***, and *** keeps it', async () => {
    const canary = 'canary-7f3a';
    const body = {
      ...phone,
      settings: { 'security.adminPassword': canary },
      raw: { 'x.secret': canary },
      httpPassword: canary,
    };
    expect((await api.ask('PUT', P, body)).text).not.toContain(canary);
    const read = await api.ask('GET', P);
    expect(read.text).not.toContain(canary);
    expect(read.body).toMatchObject({
      settings: { 'security.adminPassword': { value: '***' } },
      raw: { 'x.secret': { value: '***' } },
      httpPassword: '***',
    });
    await api.ask('PUT', P, { ...read.body, label: 'new' });
    const tenant = await api.store.platform.tenants.byKey('acme');
    const kept = await api.store.tenant(tenant?.id ?? ('' as never)).phones.byKey('02ee00000001');
    const entry = kept?.settings['security.adminPassword'];
    expect(entry !== undefined && 'value' in entry ? (entry.value as { reveal(): string }).reveal() : '').toBe(canary);
    expect(kept?.httpPassword.reveal()).toBe(canary);
    expect((kept?.raw['x.secret']?.value as { reveal(): string }).reveal()).toBe(canary);
  });

  test('*** with nothing to keep is refused', async () => {
    const answer = await api.ask('PUT', P, { ...phone, settings: { 'security.adminPassword': '***' } });
    expect(errorOf(answer)).toMatchObject([{ field: 'settings.security.adminPassword' }]);
  });

  test('a secret that is not right is not repeated in the answer', async () => {
    const answer = await api.ask('PUT', P, { ...phone, settings: { 'security.adminPassword': 'canary with blanks' } });
    expect(answer.status).toBe(422);
    expect(answer.text).not.toContain('canary');
  });

  test('a hidden raw parameter does not become public by ***', async () => {
    await api.ask('PUT', P, { ...phone, raw: { 'x.secret': 'canary' } });
    const answer = await api.ask('PATCH', P, { raw: { 'x.secret': { value: '***', public: true } } });
    expect(errorOf(answer)).toMatchObject([{ field: 'raw.x.secret' }]);
  });

  test('its credentials and URL are shown only with a note in the audit log', async () => {
    await api.ask('PUT', P, phone);
    expect((await api.ask('GET', `${P}/credentials`)).body['token']).toMatch(/^[a-z2-7]{32}$/);
    expect((await api.ask('GET', `${P}/url`)).body['url']).toContain('/p/');
    const audit = (await api.ask('GET', '/audit')).body['items'] as unknown as { what: string; who: string }[];
    expect(audit.filter((entry) => entry.what === 'phone.revealed')).toHaveLength(2);
    expect(audit[0]?.who).toBe('local operator');
  });
});

describe('entries', () => {
  test('an entry keeps who changed it and when until it changes again', async () => {
    await api.ask('PUT', P, { ...phone, settings: { 'line.transport': 'tls', 'line.srtp': 'off' } });
    api.time.now = new Date('2026-03-03T10:00:00Z');
    const later = await api.ask('PATCH', P, { settings: { 'line.srtp': 'optional' } });
    expect(later.body['settings']).toMatchObject({
      'line.transport': { value: 'tls', by: 'local operator', at: '2026-03-02T10:00:00.000Z' },
      'line.srtp': { value: 'optional', at: '2026-03-03T10:00:00.000Z' },
    });
  });

  test('null removes an entry in a patch, and clears the value in a document', async () => {
    await api.ask('PUT', P, { ...phone, settings: { 'line.transport': 'tls', 'line.srtp': null } });
    const patched = await api.ask('PATCH', P, { settings: { 'line.transport': null } });
    expect(patched.body['settings']).toEqual({
      'line.srtp': { clear: true, by: 'local operator', at: '2026-03-02T10:00:00.000Z' },
    });
  });

  test('a value that is an object is no entry', async () => {
    const settings = { 'services.actionUrls': { startup: 'https://pbx.example.com/up' } };
    const answer = await api.ask('PUT', P, { ...phone, settings });
    expect(answer.body['settings']).toMatchObject({
      'services.actionUrls': { value: settings['services.actionUrls'] },
    });
  });

  test('a lock in a weaker layer refuses a change and is named', async () => {
    await api.ask('PATCH', `${T}/templates/desk`, { settings: { 'line.transport': { value: 'tls', locked: true } } });
    const refused = await api.ask('PUT', P, { ...phone, template: 'desk', settings: { 'line.transport': 'udp' } });
    expect(errorOf(refused)).toMatchObject([
      { field: 'settings.line.transport', message: 'is locked by template "desk"' },
    ]);
    const line = { extension: '201', settings: { 'line.transport': 'udp' } };
    expect(errorOf(await api.ask('PUT', P, { ...phone, template: 'desk', lines: [line] }))).toMatchObject([
      { field: 'lines[0].settings.line.transport' },
    ]);
  });

  test('a value that was there before the lock is kept', async () => {
    await api.ask('PUT', P, { ...phone, template: 'desk', settings: { 'line.transport': 'udp' } });
    await api.ask('PATCH', `${T}/templates/desk`, { settings: { 'line.transport': { value: 'tls', locked: true } } });
    const labelled = await api.ask('PATCH', P, { label: 'Hall' });
    expect(labelled.status).toBe(200);
    expect(labelled.body['settings']).toMatchObject({ 'line.transport': { value: 'udp' } });
  });

  test('S0.22 a list of domains that shuts out what the phone cannot do without is refused until it is confirmed', async () => {
    const settings = { 'security.allowedDomains': ['elsewhere.example.net'] };
    const refused = await api.ask('PUT', P, { ...phone, lines: ['201'], settings });
    const messages = (errorOf(refused) as { message: string }[]).map((error) => error.message).join();
    expect(messages).toContain('prov.example.com (provisioning)');
    expect(messages).toContain('pbx.example.com (registrar of line 1)');
    const firmware = { ...settings, 'provisioning.firmwareUrl': 'https://fw.example.org/x.rom' };
    expect((await api.ask('PUT', P, { ...phone, settings: firmware })).text).toContain('fw.example.org (firmware)');
    const confirm = ['allowed-domains'];
    expect((await api.ask('PUT', P, { ...phone, lines: ['201'], settings, confirm })).status).toBe(201);
    expect((await api.ask('PATCH', P, { label: 'still' })).status).toBe(200);
    const fitting = { 'security.allowedDomains': ['example.com'] };
    expect((await api.ask('PUT', P, { ...phone, lines: ['201'], settings: fitting })).status).toBe(200);
  });

  test('S0.22 every layer below the phone refuses such a list as well', async () => {
    const settings = { 'security.allowedDomains': ['elsewhere.example.net'] };
    for (const [path, body] of [
      ['/platform', { settings }],
      [T, { settings }],
      [`${T}/profiles/closed`, { settings }],
      [`${T}/templates/closed`, { vendor: 'testphone', models: ['T4'], settings }],
    ] as const)
      expect((await api.ask('PUT', path, body)).status, path).toBe(422);
  });
});

describe('lost updates', () => {
  test('If-Match refuses a writer who has not seen the last change', async () => {
    const first = await api.ask('PUT', P, phone);
    const etag = String(first.headers.etag);
    expect((await api.ask('PATCH', P, { label: 'one' }, { 'if-match': etag })).status).toBe(200);
    const stale = await api.ask('PATCH', P, { label: 'two' }, { 'if-match': etag });
    expect(stale.status).toBe(412);
    expect(stale.body['type']).toBe('/api/v1/problems/stale');
    expect((await api.ask('DELETE', P, undefined, { 'if-match': etag })).status).toBe(412);
    expect((await api.ask('PUT', P, phone, { 'if-none-match': '*' })).status).toBe(412);
  });

  test('a phone that was removed and made anew is not the one that was read', async () => {
    const first = await api.ask('PUT', P, phone);
    await api.ask('DELETE', P);
    await api.ask('PUT', P, phone);
    const answer = await api.ask('PATCH', P, { label: 'x' }, { 'if-match': String(first.headers.etag) });
    expect(answer.status).toBe(412);
  });
});

describe('actions', () => {
  test('S4.65 the set against ghost calls is applied in one action, with a port drawn for every line', async () => {
    await api.ask('PUT', P, { ...phone, lines: ['201', '202'] });
    const hard = await api.ask('POST', `${P}/harden`);
    expect(hard.status).toBe(200);
    expect(hard.body['settings']).toMatchObject({
      'security.directIpCalls': { value: false },
      'security.trustedServersOnly': { value: true },
    });
    const ports = (hard.body['lines'] as unknown as { settings: Record<string, { value: number }> }[]).map(
      (line) => line.settings['line.localSipPort']?.value ?? 0,
    );
    expect(new Set(ports).size).toBe(2);
    for (const port of ports) expect(port >= 10000 && port <= 20000).toBe(true);
    expect((await api.ask('POST', `${P}/harden`)).body['lines']).toEqual(hard.body['lines']);
  });

  test('hardening does not get past a lock', async () => {
    await api.ask('PATCH', T, { settings: { 'security.directIpCalls': { value: true, locked: true } } });
    await api.ask('PUT', P, phone);
    expect(errorOf(await api.ask('POST', `${P}/harden`))).toMatchObject([
      { field: 'settings.security.directIpCalls', message: 'is locked by tenant "acme"' },
    ]);
  });

  test('new credentials are drawn on demand', async () => {
    await api.ask('PUT', P, phone);
    const before = (await api.ask('GET', `${P}/credentials`)).body;
    expect((await api.ask('POST', `${P}/rotate`, { which: ['token'] })).status).toBe(200);
    const after = (await api.ask('GET', `${P}/credentials`)).body;
    expect(after['token']).not.toBe(before['token']);
    expect(after['httpPassword']).toBe(before['httpPassword']);
  });

  test('a window is open for a time, under a name, and can be closed', async () => {
    await api.ask('PUT', P, phone);
    const open = await api.ask('PUT', `${P}/window`, { content: 'full', minutes: 30 });
    expect(open.body['window']).toEqual({ content: 'full', until: '2026-03-02T10:30:00.000Z', by: 'local operator' });
    expect((await api.ask('PUT', P, { ...phone, label: 'kept open' })).body['window']).toBeDefined();
    expect((await api.ask('DELETE', `${P}/window`)).body['window']).toBeUndefined();
    expect((await api.ask('PUT', `${P}/window`, { content: 'full', minutes: 0 })).status).toBe(422);
  });

  test('a phone that was reset holds nothing of what it was given', async () => {
    await api.ask('PUT', P, phone);
    const tenant = await api.store.platform.tenants.byKey('acme');
    const phones = api.store.tenant(tenant?.id ?? ('' as never)).phones;
    const id = (await phones.byKey('02ee00000001'))?.id ?? ('' as never);
    await phones.updateState(id, (state) => ({ ...state, given: ['a'], served: { f: { hash: 'h', at: '' } } }));
    expect((await api.ask('GET', P)).body['state']).toBe('outdated');
    expect((await api.ask('POST', `${P}/reset`)).body['state']).toBe('owned');
    expect((await phones.state(id)).given).toEqual([]);
  });

  test('S0.1 a ready resync URL is shown, made of the phone’s address and its own URL', async () => {
    await api.ask('PUT', P, phone);
    const answer = await api.ask('GET', `${P}/resync-url?phoneAddress=192.0.2.7`);
    expect(answer.body['url']).toBe('http://192.0.2.7/admin/resync?https://prov.example.com:1444/p/secret/');
    expect((await api.ask('GET', `${P}/resync-url?phoneAddress=a%20b`)).status).toBe(400);
    await api.ask('PUT', `${T}/phones/02ee00000002`, { vendor: 'example', model: 'E100' });
    const none = await api.ask('GET', `${T}/phones/02ee00000002/resync-url?phoneAddress=192.0.2.7`);
    expect(none.body).toMatchObject({ status: 404, type: '/api/v1/problems/no-resync-url' });
  });

  test('files are shown masked, and revealed only with a note of it', async () => {
    await api.ask('PUT', P, phone);
    expect((await api.ask('GET', `${P}/files`)).body).toEqual({
      files: [{ name: '02ee00000001.cfg', part: 'settings' }],
    });
    const masked = await api.ask('GET', `${P}/files/02ee00000001.cfg`);
    expect(masked.text).toBe('password=***');
    expect(masked.headers['content-security-policy']).toContain('sandbox');
    expect((await api.ask('GET', `${P}/files/02ee00000001.cfg?reveal=true`)).text).toBe('password=top');
    const audit = (await api.ask('GET', '/audit?limit=1')).body['items'];
    expect(audit).toMatchObject([{ what: 'phone.revealed', object: '02ee00000001', detail: '02ee00000001.cfg' }]);
    expect((await api.ask('GET', `${P}/files/other.cfg`)).status).toBe(404);
    expect((await api.ask('GET', `${P}/explain`)).body['lines']).toHaveLength(1);
    expect((await api.ask('GET', `${P}/instructions`)).body['defaultLogin']).toHaveLength(1);
  });

  test('the log of a phone holds its own requests only', async () => {
    await api.ask('PUT', P, phone);
    const tenant = await api.store.platform.tenants.byKey('acme');
    const id = (await api.store.tenant(tenant?.id ?? ('' as never)).phones.byKey('02ee00000001'))?.id;
    const record = {
      at: '2026-03-02T10:00:00Z',
      door: 'secure',
      address: '192.0.2.7',
      method: 'GET',
      file: '02ee00000001.cfg',
      evidence: [],
      proof: 'token',
      decision: 'full',
      reason: 'token of this phone',
      outcome: 'file',
      gaps: 0,
      bytes: 10,
      milliseconds: 1,
      completed: true,
      tenant: tenant?.id ?? ('' as never),
    };
    await api.store.journal.append(
      linesOf([
        { ...record, id: 'a', ...(id === undefined ? {} : { phone: id }) },
        { ...record, id: 'b' },
      ]),
    );
    expect((await api.ask('GET', `${P}/log`)).body['items']).toMatchObject([{ id: 'a', decision: 'full' }]);
    expect((await api.ask('GET', '/journal')).body['items']).toHaveLength(2);
  });
});

describe('lists', () => {
  test('pages follow one another by natural key', async () => {
    for (const end of ['01', '02', '03']) await api.ask('PUT', `${T}/phones/02ee000000${end}`, phone);
    const first = await api.ask('GET', `${T}/phones?limit=2`);
    expect(first.body['items']).toHaveLength(2);
    expect(first.body['next']).toBe('02ee00000002');
    const second = await api.ask('GET', `${T}/phones?limit=2&after=02ee00000002`);
    expect(second.body).toMatchObject({ items: [{ name: '02ee00000003' }] });
    expect(second.body['next']).toBeUndefined();
    expect((await api.ask('GET', `${T}/phones?limit=0`)).body).toMatchObject({
      status: 400,
      errors: [{ field: 'limit' }],
    });
  });
});
