import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditLog, PhoneImport, ProblemBody } from '../../src/api/contract.ts';
import { runOffhook, runOffhookWith } from '../kit/cli.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';

let offhook: TestProduct;
let tenants = 0;

beforeAll(async () => {
  offhook = await startTestProduct();
});
afterAll(() => offhook.close());

/** A tenant of the test's own. */
async function newTenant(): Promise<string> {
  const name = `import-${String(++tenants)}`;
  await offhook.must('PUT', `/tenants/${name}`, { title: name });
  return name;
}

interface Wanted {
  readonly format?: 'list' | 'csv';
  readonly text: string;
  readonly models?: Readonly<Record<string, string>>;
}

const importInto = async (tenant: string, wanted: Wanted, query = ''): Promise<PhoneImport> =>
  (await offhook.must('POST', `/tenants/${tenant}/phones/import${query}`, wanted)) as PhoneImport;

interface Listed {
  readonly name: string;
  readonly vendor: string;
  readonly model: string;
  readonly label?: string;
  readonly person?: string;
  readonly group?: string;
  readonly template?: string;
  readonly profile?: string;
  readonly firmware?: string;
  readonly lines: readonly { readonly position: number; readonly extension: string }[];
}

const phonesOf = async (tenant: string): Promise<readonly Listed[]> =>
  ((await offhook.must('GET', `/tenants/${tenant}/phones?limit=500`)) as { items: readonly Listed[] }).items;

const namesOf = async (tenant: string): Promise<readonly string[]> => (await phonesOf(tenant)).map(({ name }) => name);

/** Every row in a word or two: what becomes of it, and what is wrong. */
const inShort = ({ rows }: PhoneImport): readonly (readonly (string | number | undefined)[])[] =>
  rows.map(({ line, phone, outcome, problem }) => [line, phone, problem ?? outcome]);

let macs = 0;
const nextMac = (oui: string): string => `${oui}${(0x100 + ++macs).toString(16).padStart(6, '0')}`;
const yealink = (): string => nextMac('805ec0');
const snom = (): string => nextMac('000413');

const FLOOR_TWO = [
  '# second floor',
  'MAC: 80:5E:C0:00:00:01',
  '80-5e-c0-00-00-02  T46U',
  '',
  '805e.c000.0003;T42S',
  '80 5e c0 00 00 04, 805ec0000005',
].join('\r\n');
const ON_FLOOR_TWO = [1, 2, 3, 4, 5].map((n) => `805ec000000${String(n)}`);

describe('import of MAC addresses', () => {
  test('S4.93 a list is typed or pasted in any notation, or comes from a text file or standard input', async () => {
    const pasted = await newTenant();
    await importInto(pasted, { text: FLOOR_TWO, models: { yealink: 'T46U' } });
    expect(await namesOf(pasted)).toEqual(ON_FLOOR_TWO);
    for (const mac of ON_FLOOR_TWO) await offhook.must('DELETE', `/tenants/${pasted}/phones/${mac}`);
    for (const file of ['pallet.txt', '-']) {
      const tenant = await newTenant();
      const args = ['import', 'macs', file, '--tenant', tenant, '--model', 'T46U'] as const;
      const { exitCode, stdout } = await runOffhookWith(offhook, { [file]: `\ufeff${FLOOR_TWO}` }, ...args);
      expect(stdout).toContain('5 created, 0 here already, 0 refused.');
      expect(exitCode).toBe(0);
      expect(await namesOf(tenant)).toEqual(ON_FLOOR_TWO);
      for (const mac of ON_FLOOR_TWO) await offhook.must('DELETE', `/tenants/${tenant}/phones/${mac}`);
    }
  });

  test('S4.94 the step before the last shows the new phones with the maker that their MACs tell, and makes none', async () => {
    const tenant = await newTenant();
    const list = { yealink: yealink(), snom: snom(), polycom: nextMac('64167f'), 'cisco-spa': nextMac('002699') };
    const shown = await importInto(tenant, { text: Object.values(list).join('\n') }, '?dryRun=true');
    expect(shown.rows.map(({ phone, vendor }) => [vendor, phone])).toEqual(Object.entries(list));
    expect(shown.vendors.map(({ id, phones }) => [id, phones])).toEqual(Object.keys(list).map((id) => [id, 1]));
    expect(shown.vendors.find(({ id }) => id === 'snom')?.models).toContain('D785');
    const asked = [
      'import',
      'macs',
      '-',
      '--tenant',
      tenant,
      '--dry-run',
      '--model',
      'D785',
      '--model',
      'T46U',
    ] as const;
    const { stdout } = await runOffhookWith(offhook, { '-': `${list.snom}\n${list.yealink}\n` }, ...asked);
    expect(stdout.split('\n').slice(1, 3)).toEqual([
      expect.stringMatching(new RegExp(`^1 +${list.snom} +snom +D785 +would be created$`)),
      expect.stringMatching(new RegExp(`^2 +${list.yealink} +yealink +T46U +would be created$`)),
    ]);
    expect(stdout).toContain('2 would be created, 0 here already, 0 refused. Nothing was changed (--dry-run).');
    expect(await namesOf(tenant)).toEqual([]);
  });

  test('S4.95 unknown makers, duplicates, malformed lines and MACs of others are shown with a reason, and not imported', async () => {
    const [tenant, neighbour] = [await newTenant(), await newTenant()];
    const [good, theirs, unknown] = [yealink(), yealink(), '02ee00000099'];
    await offhook.must('PUT', `/tenants/${neighbour}/phones/${theirs}`, { vendor: 'yealink', model: 'T46U' });
    const text = [good, good.toUpperCase(), unknown, '80:5e:c0:12:34', theirs, 'call Bob'].join('\n');
    const wanted = { text, models: { yealink: 'T46U' } };
    const expected = [
      [1, good, 'ready'],
      [2, good, 'duplicate'],
      [3, unknown, 'unknown_vendor'],
      [4, undefined, 'malformed'],
      [5, theirs, 'taken_elsewhere'],
      [6, undefined, 'malformed'],
    ];
    const dry = await importInto(tenant, wanted, '?dryRun=true');
    expect(inShort(dry)).toEqual(expected);
    const done = await importInto(tenant, wanted);
    expect(inShort(done)).toEqual([[1, good, 'created'], ...expected.slice(1)]);
    expect(done.rows.map(({ reason }) => reason)).toEqual([
      undefined,
      'stands on line 1 already',
      'no maker in the catalogue has MACs that begin with 02ee00',
      expect.stringContaining('12 hexadecimal digits'),
      expect.stringContaining('assigned elsewhere'),
      expect.stringContaining('no MAC address'),
    ]);
    // Whose it is would be told to the intruder (S1.70).
    expect(JSON.stringify(done)).not.toContain(neighbour);
    expect(await namesOf(tenant)).toEqual([good]);
    expect(await namesOf(neighbour)).toEqual([theirs]);
    const args = ['import', 'macs', '-', '--tenant', tenant, '--model', 'T46U'] as const;
    const { exitCode, stdout } = await runOffhookWith(offhook, { '-': text }, ...args);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('0 created, 1 here already, 5 refused.');
    expect(stdout).toMatch(/^4 +80:5e:c0:12:34 +refused: has no MAC address/m);
  });

  test('S4.96 no phone is made without a model that somebody chose, for it alone or for all of its maker', async () => {
    const tenant = await newTenant();
    const [first, second, third, other] = [yealink(), yealink(), yealink(), snom()];
    const text = [first, `${second} T42S`, `${third} T999`, other].join('\n');
    const without = await importInto(tenant, { text });
    expect(inShort(without)).toEqual([
      [1, first, 'model_missing'],
      [2, second, 'created'],
      [3, third, 'model_unknown'],
      [4, other, 'model_missing'],
    ]);
    expect(await namesOf(tenant)).toEqual([second]);
    await importInto(tenant, { text, models: { yealink: 'T46U', snom: 'D785' } });
    const models = (await phonesOf(tenant)).map(({ name, model }) => [name, model]);
    expect(Object.fromEntries(models)).toEqual({ [first]: 'T46U', [second]: 'T42S', [other]: 'D785' });
    // A choice that no maker has is a mistake of the whole list.
    const wrong = await offhook.api('POST', `/tenants/${tenant}/phones/import`, { text, models: { yealink: 'D785' } });
    expect([wrong.status, (wrong.json as ProblemBody).errors?.[0]?.field]).toEqual([422, 'models.yealink']);
    const twice = ['import', 'macs', '-', '--tenant', tenant, '--model', 'T46U', '--model', 'yealink=T42S'] as const;
    const { exitCode, stderr } = await runOffhookWith(offhook, { '-': text }, ...twice);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('two models of Yealink: T46U and T42S')]);
  });

  test('S4.97 the last step adds them to the list, with an entry each in the audit log, and again adds nothing', async () => {
    const tenant = await newTenant();
    const text = [yealink(), yealink(), snom()].join('\n');
    const wanted = { text, models: { yealink: 'T46U', snom: 'D785' } };
    const done = await importInto(tenant, wanted);
    expect([done.created, done.present, done.refused]).toEqual([3, 0, 0]);
    const before = await phonesOf(tenant);
    expect(before.map(({ vendor }) => vendor).toSorted()).toEqual(['snom', 'yealink', 'yealink']);
    const listed = await runOffhook(offhook, 'phone', 'list', '--tenant', tenant);
    for (const { name } of before) expect(listed.stdout).toContain(name);
    const audit = async (): Promise<readonly string[]> =>
      ((await offhook.must('GET', `/audit?tenant=${tenant}`)) as AuditLog).items.map(({ what }) => what);
    const noted = await audit();
    expect(noted.filter((what) => what === 'phone.created')).toHaveLength(3);
    expect(noted.filter((what) => what === 'phones.imported')).toHaveLength(1);
    const again = await importInto(tenant, wanted);
    expect([again.created, again.present, again.refused]).toEqual([0, 3, 0]);
    // Nor does it matter any more that a model was chosen.
    expect((await importInto(tenant, { text })).present).toBe(3);
    const differs = await importInto(tenant, { text, models: { yealink: 'T42S', snom: 'D785' } });
    expect(differs.refused).toBe(0);
    const written = await importInto(tenant, { text: `${before[0]?.name ?? ''} D735` });
    expect(written.rows[0]?.reason).toContain('is here as D785, and was not changed');
    expect(await phonesOf(tenant)).toEqual(before);
    expect(await audit()).toHaveLength(noted.length);
  });

  test('with strict one bad row keeps all others out, and is named by its line', async () => {
    const tenant = await newTenant();
    const text = `${yealink()}\nnonsense\n${yealink()}`;
    const path = `/tenants/${tenant}/phones/import?strict=true`;
    const refused = await offhook.api('POST', path, { text, models: { yealink: 'T46U' } });
    expect(refused.status).toBe(422);
    const { errors } = refused.json as ProblemBody;
    expect(errors).toEqual([{ field: 'text', line: 2, value: 'nonsense', message: expect.any(String) }]);
    const args = ['import', 'macs', 'list.txt', '--tenant', tenant, '--model', 'T46U', '--strict'] as const;
    const { exitCode, stderr } = await runOffhookWith(offhook, { 'list.txt': text }, ...args);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^list\.txt:2: has no MAC address/);
    // What shows only when it is written keeps the others out as well.
    const csv = `mac,model,extension\n${yealink()},T46U,\n${yealink()},T46U,999\n`;
    const late = await offhook.api('POST', path, { format: 'csv', text: csv });
    expect([late.status, (late.json as ProblemBody).errors?.[0]?.line]).toEqual([422, 3]);
    expect(await namesOf(tenant)).toEqual([]);
  });

  test('of 100,000 lines the one that is bad is named, and what is more is refused as a whole', async () => {
    const tenant = await newTenant();
    const lines = Array.from({ length: 100_000 }, (_, n) => `805ec0${(0x100000 + n).toString(16)} T46U`);
    lines[77_777] = '805ec012345';
    const path = `/tenants/${tenant}/phones/import?dryRun=true`;
    const shown = (await offhook.must('POST', path, { text: lines.join('\n') })) as PhoneImport;
    expect([shown.ready, shown.refused, shown.rows.length, shown.omitted]).toEqual([99_999, 1, 10_000, 90_000]);
    expect(shown.rows.filter(({ outcome }) => outcome === 'refused')).toMatchObject([
      { line: 77_778, text: '805ec012345', problem: 'malformed' },
    ]);
    const tooMany = await offhook.api('POST', path, { text: `${lines.join('\n')}\n805ec0ffffff` });
    expect([tooMany.status, (tooMany.json as ProblemBody).detail]).toEqual([
      413,
      'it has more than 100000 phones: send it in parts',
    ]);
  }, 120_000);
});

describe('import of tables', () => {
  /** A tenant with all that a phone may refer to. */
  async function furnished(): Promise<string> {
    const tenant = await newTenant();
    const put = (path: string, body: object): Promise<unknown> =>
      offhook.must('PUT', `/tenants/${tenant}${path}`, body);
    for (const number of ['201', '202', '203'])
      await put(`/extensions/${number}`, { password: `secret-${number}`, serverHost: 'pbx.example.com' });
    await put('/people/alice', { displayName: '=Alice' });
    await put('/groups/sales', { title: 'Sales' });
    await put('/profiles/desk', { title: 'Desk' });
    await put('/templates/office', { vendor: 'yealink', models: ['T46U'] });
    return tenant;
  }

  const importCsv = (tenant: string, text: string, query = ''): Promise<PhoneImport> =>
    importInto(tenant, { format: 'csv', text }, query);

  test('a table gives phones their people, extensions, templates and labels, whatever it separates by', async () => {
    const tenant = await furnished();
    const [mac, other] = [yealink(), yealink()];
    const text = `\ufeffMAC;Model;Label;Person;Group;Template;Profile;Extension\r\n${mac};T46U;"Desk; ""1""";alice;sales;office;desk;201\r\n${other};T46U;;;;;;202 3:203\r\n`;
    expect((await importCsv(tenant, text)).created).toBe(2);
    expect(await phonesOf(tenant)).toMatchObject([
      {
        name: mac,
        model: 'T46U',
        label: 'Desk; "1"',
        person: 'alice',
        group: 'sales',
        template: 'office',
        profile: 'desk',
        lines: [{ position: 1, extension: '201' }],
      },
      {
        name: other,
        lines: [
          { position: 1, extension: '202' },
          { position: 3, extension: '203' },
        ],
      },
    ]);
  });

  test('what a row names and is not there, or somebody else has, refuses this row with the reason, in a dry run as well', async () => {
    const tenant = await furnished();
    const [first, ...others] = Array.from({ length: 5 }, yealink);
    const rows = ['201,alice', '999,', '202,bob', '201,', '203,'].map(
      (rest, at) => `${[first, ...others][at] ?? ''},T46U,${rest}`,
    );
    const text = `mac,model,extensions,person\n${rows.join('\n')}\n${yealink()},T46U,"203\n`;
    for (const query of ['?dryRun=true', '']) {
      const { rows: shown } = await importCsv(tenant, text, query);
      expect(shown.map(({ line, problem, reason }) => [line, problem, reason])).toEqual([
        [2, undefined, undefined],
        [3, 'invalid', expect.stringContaining('there is no extension "999"')],
        [4, 'invalid', expect.stringContaining('there is no person "bob"')],
        [
          5,
          'invalid',
          expect.stringMatching(query === '' ? /is on phone/ : /extension 201 is given to line 2 already/),
        ],
        [6, undefined, undefined],
        [7, 'malformed', 'has a quote that is never closed'],
      ]);
    }
    expect(await namesOf(tenant)).toEqual([first, others[3]]);
  });

  test('a column that there is not, or none that names phones, is said before anything is made', async () => {
    const tenant = await newTenant();
    for (const text of ['mac,password\n', 'model,label\n', 'mac,MAC\n', '']) {
      const refused = await offhook.api('POST', `/tenants/${tenant}/phones/import`, { format: 'csv', text });
      expect([refused.status, (refused.json as ProblemBody).errors?.[0]?.field], text).toEqual([422, 'text']);
    }
    const rows = `mac,tenant,vendor\n${yealink()},elsewhere,\n${yealink()},,nobody\n80:5e,,\n,,\n`;
    const { rows: shown } = await importCsv(tenant, rows);
    expect(shown.map(({ line, problem }) => [line, problem])).toEqual([
      [2, 'malformed'],
      [3, 'unknown_vendor'],
      [4, 'malformed'],
    ]);
  });

  test('what the export of phones gives makes the same phones again, formulas and serial numbers and all', async () => {
    const tenant = await furnished();
    const put = (name: string, body: object): Promise<unknown> =>
      offhook.must('PUT', `/tenants/${tenant}/phones/${name}`, body);
    await offhook.must('PUT', `/tenants/${tenant}/extensions/+49301`, {
      password: 'secret-301',
      serverHost: 'pbx.example.com',
    });
    await put(yealink(), {
      vendor: 'yealink',
      model: 'T46U',
      person: 'alice',
      template: 'office',
      lines: ['+49301'],
    });
    await put(yealink(), {
      vendor: 'yealink',
      model: 'T46U',
      profile: 'desk',
      firmware: '108.86.0.20',
      lines: [{ position: 2, extension: '203' }],
    });
    // A prefix that no list of ours has: whoever wrote the maker down knew it.
    await put('02ee00000777', { vendor: 'snom', model: 'D785', group: 'sales' });
    await put('CBT123456789', { vendor: 'cisco-spa', model: 'SPA504G' });
    await put('alice-softphone', { vendor: 'softclients', model: 'Linphone' });
    const url = `${offhook.door('admin')}/api/v1/tenants/${tenant}/phones.csv`;
    const { text } = await ask(url, { headers: offhook.bearer });
    expect(text).toContain("'+49301");
    const before = await phonesOf(tenant);
    expect((await importCsv(tenant, text)).present).toBe(5);
    for (const { name } of before) await offhook.must('DELETE', `/tenants/${tenant}/phones/${name}`);
    const args = ['import', 'macs', 'phones.csv', '--csv', '--tenant', tenant] as const;
    const { exitCode, stdout } = await runOffhookWith(offhook, { 'phones.csv': text }, ...args);
    expect(stdout).toContain('5 created, 0 here already, 0 refused.');
    expect(exitCode).toBe(0);
    expect(await phonesOf(tenant)).toEqual(before);
  });
});
