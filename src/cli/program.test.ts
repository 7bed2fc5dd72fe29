import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { err, ok } from '../domain/result.ts';
import { runCli } from './program.ts';
import type { ApiAnswer, ApiRequest, CliWorld } from './world.ts';

type Answers = Readonly<Record<string, { readonly status?: number; readonly json?: unknown; readonly text?: string }>>;

interface Seen {
  readonly line: string;
  readonly body: string | undefined;
}

const PROBLEM = 'application/problem+json';
const NOT_FOUND: Answers[string] = { status: 404, json: { title: 'There is no such thing', status: 404 } };

/** A command line in a world of its own: the API answers `METHOD /path?query` from a table, everything else with 404. */
async function run(argv: readonly string[], answers: Answers = {}, more: Partial<CliWorld> = {}) {
  const out: Buffer[] = [];
  const errors: string[] = [];
  const seen: Seen[] = [];
  const written = new Map<string, { text: string; secret: boolean }>();
  let closed = 0;
  const answer = (line: string): ApiAnswer => {
    const { status = 200, json, text } = answers[line] ?? NOT_FOUND;
    const type = text === undefined ? (status < 400 ? 'application/json' : PROBLEM) : 'text/plain';
    return { status, headers: { 'content-type': type }, body: Buffer.from(text ?? JSON.stringify(json ?? null)) };
  };
  const world: CliWorld = {
    env: {},
    version: '1.2.3',
    stdout: (data) => void out.push(Buffer.from(data)),
    stderr: (text) => void errors.push(text),
    readFile: (path) =>
      path === 'acme.yaml'
        ? Promise.resolve(Buffer.from('tenants: []\n'))
        : Promise.reject(Object.assign(new Error('no'), { code: 'ENOENT' })),
    openFile: () => Promise.resolve(Readable.from(['firmware'])),
    writeFile: (path, bytes, { secret }) => {
      written.set(path, { text: Buffer.from(bytes).toString(), secret });
      return Promise.resolve();
    },
    fillFile: () => Promise.reject(new Error('nothing is written here')),
    readSecret: () => Promise.resolve('correct horse battery'),
    findInstallation: () =>
      ok({
        controlSocket: '/nowhere/control.sock',
        phoneDoors: { host: 'prov.example.com', bootstrapPort: 1445, tftpPort: 69 },
        connect: () =>
          Promise.resolve(
            ok({
              request: (method: string, path: string, { query, body }: ApiRequest = {}) => {
                const search = query === undefined ? '' : new URLSearchParams(query).toString();
                const line = `${method} ${path.replace('/api/v1/', '')}${search === '' ? '' : `?${search}`}`;
                seen.push({ line, body: body instanceof Readable ? '(stream)' : body?.toString() });
                return Promise.resolve(answer(line));
              },
              close: () => {
                closed++;
                return Promise.resolve();
              },
            }),
          ),
        serve: () => Promise.resolve(0),
        migrate: () => Promise.resolve(ok('data/offhook.db')),
        rekey: () => Promise.resolve(ok(12)),
        restore: () => Promise.resolve(err('nothing is restored here')),
      }),
    identify: () => ({ evidence: [] }),
    simulate: () => Promise.resolve({ settled: true, home: 'https://192.0.2.1/', resync: [304] }),
    ...more,
  };
  const code = await runCli(argv, world);
  return { code, out: Buffer.concat(out).toString(), err: errors.join(''), seen, written, closed: () => closed };
}

const lines = (seen: readonly Seen[]): readonly string[] => seen.map(({ line }) => line);

const PHONE = {
  name: '805ec0123456',
  mac: '805ec0123456',
  vendor: 'yealink',
  model: 'T46U',
  settings: {},
  lines: [{ position: 1, extension: '201', settings: {} }],
  blocked: false,
  state: 'owned',
};
const AT = 'tenants/acme/phones/80%3A5e%3Ac0%3A12%3A34%3A56';
const FOUND: Answers = {
  'GET phones?mac=805ec0123456': { json: { tenant: 'acme' } },
  [`GET ${AT}`]: { json: PHONE },
  [`GET ${AT}/files`]: { json: { files: [{ name: '805ec0123456.cfg', part: 'settings' }] } },
};
const MAC = '80:5e:c0:12:34:56';

test('the tenant of a MAC need not be said: the server is asked', async () => {
  const { code, out, closed } = await run(['phone', 'show', MAC], FOUND);
  expect(code).toBe(0);
  expect(out).toContain('model      yealink T46U\n');
  expect(out).toContain('tenant     acme\n');
  expect(closed()).toBe(1);
});

test('a server that has no such look-up is walked through tenant by tenant', async () => {
  const { code, seen } = await run(['phone', 'block', MAC], {
    'GET tenants?limit=500': { json: { items: [{ name: 'abc' }, { name: 'acme' }] } },
    [`GET ${AT}`]: { json: PHONE },
    [`PATCH ${AT}`]: { json: { ...PHONE, blocked: true } },
  });
  expect(code).toBe(0);
  expect(seen.at(-1)).toEqual({ line: `PATCH ${AT}`, body: '{"blocked":true}' });
});

test('a phone that is nowhere ends with 1 and its name', async () => {
  const { code, err: said } = await run(['phone', 'url', 'serial-7'], {
    'GET tenants?limit=500': { json: { items: [] } },
  });
  expect(code).toBe(1);
  expect(said).toBe('offhook: there is no phone "serial-7" in any tenant that you may see\n');
});

test('render --file prints the bytes of the file and nothing else', async () => {
  const { out, seen } = await run(
    ['render', '--phone', MAC, '--file', '805ec0123456.cfg', '--reveal', '--firmware', '108.86'],
    {
      ...FOUND,
      [`GET ${AT}/files/805ec0123456.cfg?firmware=108.86&reveal=true`]: { text: '#!version:1.0.0.1\na = 1' },
    },
  );
  expect(out).toBe('#!version:1.0.0.1\na = 1');
  expect(lines(seen).at(-1)).toContain('reveal=true');
});

test('render without a file lists the files; with --out it writes them, and revealed ones for this account only', async () => {
  expect((await run(['render', '--phone', MAC], FOUND)).out).toBe('805ec0123456.cfg\n');
  const { written } = await run(['render', '--phone', MAC, '--out', 'dir/', '--reveal'], {
    ...FOUND,
    [`GET ${AT}/files/805ec0123456.cfg?reveal=true`]: { text: 'x' },
  });
  expect(written.get('dir/805ec0123456.cfg')).toEqual({ text: 'x', secret: true });
});

test('a file name that leads out of the directory is not written', async () => {
  const { code, written } = await run(['render', '--phone', MAC, '--out', 'dir'], {
    ...FOUND,
    [`GET ${AT}/files`]: { json: { files: [{ name: '../../etc/cron.d/x', part: 'settings' }] } },
  });
  expect(code).toBe(1);
  expect(written.size).toBe(0);
});

test('explain shows setting, layer, object, author and date beside each line, then the gaps and flags', async () => {
  const { out } = await run(['explain', '--phone', MAC], {
    ...FOUND,
    [`GET ${AT}/explain`]: {
      json: {
        name: '805ec0123456.cfg',
        lines: [
          { text: '#!version:1.0.0.1', kind: 'frame' },
          {
            text: 'account.1.label = 201',
            kind: 'setting',
            setting: 'line.label',
            line: 1,
            layer: 'line',
            object: 'extension 201',
            by: 'maria',
            at: '2026-03-02T10:11:12.000Z',
          },
          { text: 'account.2.label = %NULL%', kind: 'cleared' },
        ],
        gaps: [{ wanted: 'ui.wallpaper', reason: 'no colour display', state: 'unsupported' }],
        flags: ['firmware 999 is not known'],
      },
    },
  });
  const row = out.split('\n').find((line) => line.startsWith('account.1'));
  expect(row).toMatch(
    /^account\.1\.label = 201 {2,}line\.label \(line 1\) {2,}line {2,}extension 201 {2,}maria {2,}2026-03-02 10:11:12$/,
  );
  expect(out).toContain('taken away');
  expect(out).toMatch(/Gaps\n.*\nui\.wallpaper +the phone lacks it +no colour display\n/);
  expect(out).toContain('Flags\n  firmware 999 is not known\n');
});

test('apply prints what was created, changed and left, then a sum', async () => {
  const { code, out, seen } = await run(['apply', '-f', 'acme.yaml', '--dry-run'], {
    'POST apply?dryRun=true': {
      json: {
        dryRun: true,
        created: [
          { kind: 'extension', name: '201', tenant: 'acme' },
          { kind: 'extension', name: '202', tenant: 'acme' },
        ],
        changed: [{ kind: 'tenant', name: 'acme' }],
        unchanged: [],
      },
    },
  });
  expect(code).toBe(0);
  expect(seen[0]?.body).toBe('tenants: []\n');
  expect(out).toBe(
    'created    extension (acme): 201, 202\nchanged    tenant: acme\n\n' +
      'Would be: 2 created, 1 changed, 0 unchanged. Nothing was changed (--dry-run).\n',
  );
});

test('an apply with errors names file, line, field and reason, in the order of the file', async () => {
  const {
    code,
    err: said,
    out,
  } = await run(['apply', '-f', 'acme.yaml'], {
    'POST apply': {
      status: 422,
      json: {
        title: 'Something in it is not right',
        detail: 'line 9: …',
        errors: [
          { field: 'tenants[0].phones[0].model', message: 'is not in the catalogue', value: 'T99', line: 9, column: 3 },
          { field: 'tenants[0].name', message: 'must be given', line: 2, column: 3 },
        ],
      },
    },
  });
  expect(code).toBe(1);
  expect(out).toBe('');
  expect(said).toBe(
    'acme.yaml:2: tenants[0].name: must be given\n' +
      'acme.yaml:9: tenants[0].phones[0].model: is not in the catalogue (given: "T99")\n' +
      'offhook: 2 errors; nothing was changed\n',
  );
});

test('a file that is not there is named', async () => {
  const { code, err: said } = await run(['apply', '-f', 'nowhere.yaml']);
  expect([code, said]).toEqual([1, 'offhook: cannot read nowhere.yaml: there is no such file\n']);
});

test('a problem of the API is one clear line, then field by field', async () => {
  const { code, err: said } = await run(['tenant', 'set', 'acme', 'title=x'], {
    'PATCH tenants/acme': {
      status: 422,
      json: { title: 'Something in it is not right', errors: [{ field: 'title', message: 'is too long', value: 'x' }] },
    },
  });
  expect([code, said]).toEqual([1, 'offhook: Something in it is not right\n  title: is too long (given: "x")\n']);
});

test('an unknown option is named, and so is an unknown command; both end with 2', async () => {
  const option = await run(['phone', 'list', '--frob']);
  expect([option.code, option.err]).toEqual([2, expect.stringContaining("unknown option '--frob'")]);
  const unknown = await run(['frob']);
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining("unknown command 'frob'")]);
  expect((await run(['render'])).err).toContain("required option '--phone <mac>' not specified");
});

test('help and version end with 0; every command has help of its own', async () => {
  expect(await run(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('First steps:') as string });
  expect(await run(['--version'])).toMatchObject({ code: 0, out: '1.2.3\n' });
  for (const words of ['serve', 'apply', 'phone url', 'certificate request', 'object put', 'simulate'])
    expect((await run([...words.split(' '), '--help'])).out).toMatch(/Example:\n {2}offhook /);
});

test('what the store refuses, because a server without a socket has it, ends with 4', async () => {
  const { code, err: said } = await run(
    ['tenant', 'list'],
    {},
    {
      findInstallation: () =>
        ok({
          controlSocket: '/nowhere/control.sock',
          phoneDoors: { host: 'prov.example.com' },
          connect: () => Promise.resolve(err('offhook.db is in use by another Offhook process')),
          serve: () => Promise.resolve(0),
          migrate: () => Promise.resolve(err('offhook.db is in use by another Offhook process')),
          rekey: () => Promise.resolve(ok(0)),
          restore: () => Promise.resolve(err('nothing is restored here')),
        }),
    },
  );
  expect([code, said]).toEqual([4, 'offhook: offhook.db is in use by another Offhook process\n']);
});

test('a wrong configuration is told whole', async () => {
  const { code, err: said } = await run(['serve'], {}, { findInstallation: () => err(['doors.tftp.port: too big']) });
  expect([code, said]).toEqual([2, 'offhook: the configuration is not right\n  doors.tftp.port: too big\n']);
});

const dhcpConfig = (...argv: readonly string[]) => run(['dhcp-config', ...argv]);

test('what a DHCP server must be told is printed without asking any server', async () => {
  const { code, out, err: said, seen } = await dhcpConfig('--for', 'isc', '--vendor', 'Yealink', 'snom');
  expect([code, said, seen]).toEqual([0, '', []]);
  expect(out).toContain('option tftp-server-name "http://prov.example.com:1445/";');
  expect(out.match(/^class "[^"]+"/gm)).toEqual(['class "offhook-yealink"', 'class "offhook-snom"']);
});

test('the classes as JSON are for no DHCP server in particular', async () => {
  const { code, out } = await dhcpConfig('--json', '--vendor', 'polycom', '--host', '192.0.2.10', '--port', '8088');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    classes: [
      {
        name: 'offhook-polycom',
        prefixes: ['Polycom-'],
        options: [
          { code: 160, value: { type: 'text', text: 'http://192.0.2.10:8088/' } },
          { code: 66, value: { type: 'text', text: 'http://192.0.2.10:8088/' } },
        ],
      },
    ],
    untold: [],
  });
});

test('a maker whose phones find no server by DHCP is said in the snippet, and alone it is an error', async () => {
  const all = await dhcpConfig('--for', 'dnsmasq');
  expect(all.out).toContain('# No class for softclients. Soft clients: these find no server by DHCP.\n');
  expect(await dhcpConfig('--for', 'dnsmasq', '--vendor', 'softclients')).toMatchObject({
    code: 1,
    out: '',
    err: 'offhook: Soft clients: these find no server by DHCP.\n',
  });
});

test('nothing can be said of doors that are closed', async () => {
  const closed = () =>
    ok({
      controlSocket: '/nowhere/control.sock',
      phoneDoors: { host: 'prov.example.com' },
      connect: () => Promise.resolve(err('nothing is asked here')),
      serve: () => Promise.resolve(0),
      migrate: () => Promise.resolve(err('nothing is migrated here')),
      rekey: () => Promise.resolve(ok(0)),
      restore: () => Promise.resolve(err('nothing is restored here')),
    });
  const argv = ['dhcp-config', '--for', 'kea', '--vendor', 'polycom'];
  const { code, err: said } = await run(argv, {}, { findInstallation: closed });
  expect([code, said]).toEqual([
    1,
    'offhook: Polycom: Option 160 is left out: it names the bootstrap door, and that is closed. Option 66 is left out: it names the bootstrap door, and that is closed.\n',
  ]);
});

test.each([
  [[], 'dhcp-config needs --for with one of kea, isc, dnsmasq, windows, mikrotik, or --json'],
  [['--for', 'bind'], "argument 'bind' is invalid. Allowed choices are kea, isc, dnsmasq, windows, mikrotik."],
  [['--for', 'kea', '--vendor', 'nokia'], 'there is no vendor nokia; known are '],
  [['--for', 'kea', '--host', 'a b'], 'host: "a b" is neither a host name nor an IPv4 address; say one with --host'],
  [
    ['--for', 'kea', '--host', '2001:db8::1'],
    'host: "2001:db8::1" is neither a host name nor an IPv4 address; say one with --host',
  ],
  [['--for', 'kea', '--address', 'prov.example.com'], 'address: "prov.example.com" is not an IPv4 address'],
  [['--for', 'kea', '--port', 'http'], "argument 'http' is invalid. must be a number from 1 to 65535."],
  [
    ['--for', 'kea', '--port', '70000'],
    'port of the bootstrap door: "70000" is not a port from 1 to 65535; say one with --port',
  ],
])('dhcp-config %j is a wrong command line', async (argv, told) => {
  const { code, out, err: said } = await dhcpConfig(...argv);
  expect([code, out]).toEqual([2, '']);
  expect(said).toContain(told);
});

test('a host whose URL is longer than an option is refused with option, maker and value', async () => {
  const host = Array.from({ length: 4 }, () => 'a'.repeat(60)).join('.');
  const { code, err: said } = await dhcpConfig('--for', 'kea', '--vendor', 'cisco-spa', '--host', host);
  expect([code, said]).toEqual([
    1,
    `offhook: option 160 of cisco-spa: "http://${host}:1445/spa$PSN.cfg" takes 267 octets, and a DHCP option holds 255\n`,
  ]);
});

test('a list is read to its last page', async () => {
  const { out } = await run(['tenant', 'list', '--json'], {
    'GET tenants?limit=500': { json: { items: [{ name: 'a' }], next: 'a' } },
    'GET tenants?limit=500&after=a': { json: { items: [{ name: 'b' }] } },
  });
  expect(JSON.parse(out)).toEqual({ items: [{ name: 'a' }, { name: 'b' }] });
});

test('identify prints one object with every field, and ends with 3 where no maker was recognised', async () => {
  const { code, out } = await run(['identify', '--path', '/x', '--json']);
  expect(code).toBe(3);
  expect(JSON.parse(out)).toEqual({ vendor: null, model: null, firmware: null, mac: null, serial: null, evidence: [] });
  expect((await run(['identify'])).code).toBe(2);
});

test('what a stranger sent cannot drive the terminal of who looks at the journal', async () => {
  const record = {
    id: '1',
    at: '2026-03-02T10:11:12.000Z',
    door: 'bootstrap',
    address: '192.0.2.9',
    method: 'GET',
    file: 'a\u001b]0;x\u0007\u202e',
    evidence: [],
    proof: 'none',
    decision: '',
    reason: 'stranger',
    outcome: 'file',
    gaps: 0,
    bytes: 1,
    milliseconds: 1,
    completed: true,
  };
  const { out } = await run(['journal', '--limit', '1'], { 'GET journal?limit=1': { json: { items: [record] } } });
  expect(out).toContain('GET a\\u001b]0;x\\u0007\\u202e');
});

test('simulate boots phones with MACs that follow each other; tokens in URLs are not shown', async () => {
  const macs: string[] = [];
  const { code, out } = await run(
    ['simulate', '--model', 't46u', '--server', 'http://192.0.2.1/', '--mac', '805EC01234FF', '--count', '2'],
    {},
    {
      simulate: (phone, onStep) => {
        macs.push(phone.mac);
        onStep({
          round: 1,
          url: 'https://192.0.2.1:1444/p/gyckm7l2kuexkytumexlam7gdosgbgoz/x.cfg',
          status: 200,
          bytes: 9,
        });
        const settled = phone.mac === '805ec01234ff';
        return Promise.resolve({
          settled,
          home: 'https://192.0.2.1/',
          resync: [304],
          ...(settled ? {} : { reason: 'nothing was served' }),
        });
      },
    },
  );
  expect(macs).toEqual(['805ec01234ff', '805ec0123500']);
  expect(code).toBe(1);
  expect(out).not.toContain('gyckm7');
  expect(out).toContain('1 configured, 1 not; 2 requests, 18 bytes.');
});

test('a password is asked for, never an argument', async () => {
  const { seen } = await run(['user', 'create', 'maria', '--tenant', 'acme'], {
    'POST tenants/acme/users': { status: 201, json: { name: 'maria', role: 'admin', password: '***' } },
  });
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ name: 'maria', role: 'admin', password: 'correct horse battery' });
});

test('the users of a tenant are asked for where its administrator may, all others where the operator may', async () => {
  const cleo = { name: 'cleo', role: 'csr', mayReveal: false, password: '***' };
  const { out, seen } = await run(['user', 'list', '--tenant', 'acme'], {
    'GET tenants/acme/users?limit=500': { json: { items: [cleo] } },
  });
  expect(out).toMatch(/cleo +csr +acme +no/);
  const commands = [
    ['password', 'cleo'],
    ['remove', 'cleo'],
  ] as const;
  for (const [verb, name] of commands) seen.push(...(await run(['user', verb, name, '--tenant', 'acme'])).seen);
  for (const [verb, name] of commands) seen.push(...(await run(['user', verb, name])).seen);
  const ulla = ['user', 'create', 'ulla', '--tenant', 'acme', '--person', 'ulla'];
  const made = await run(ulla);
  expect(JSON.parse(made.seen[0]?.body ?? '')).toMatchObject({ role: 'user', person: 'ulla' });
  expect(
    lines([...seen, ...made.seen, ...(await run(['user', 'create', 'root2', '--role', 'operator'])).seen]),
  ).toEqual([
    'GET tenants/acme/users?limit=500',
    'PATCH tenants/acme/users/cleo',
    'DELETE tenants/acme/users/cleo',
    'PATCH users/cleo',
    'DELETE users/cleo',
    'POST tenants/acme/users',
    'POST users',
  ]);
});

test('firmware goes up as a stream under its own name, with what it is for', async () => {
  const { code, seen } = await run(
    ['firmware', 'upload', 'roms/t46u.rom', '--vendor', 'yealink', '--models', 'T46U', '--firmware', '108.86'],
    {
      'PUT firmware/t46u.rom?vendor=yealink&models=T46U&version=108.86': {
        json: { fileName: 't46u.rom', vendor: 'yealink', models: ['T46U'], version: '108.86', sha256: 'ab', size: 8 },
      },
    },
  );
  expect(code).toBe(0);
  expect(seen[0]?.body).toBe('(stream)');
});
