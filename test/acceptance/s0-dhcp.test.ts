import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DhcpClasses } from '../../src/domain/dhcp/classes.ts';
import { bootPhone } from '../../src/simulate/boot.ts';
import { runOffhook } from '../kit/cli.ts';
import { factoryPhone } from '../kit/phones.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';
import { fetchTftp } from '../kit/tftp-client.ts';

// A site that keeps its own DHCP server is told by the command line what to put into it.
let offhook: TestProduct;
beforeAll(async () => {
  offhook = await startTestProduct();
});
afterAll(() => offhook.close());

const SITE = ['--host', 'prov.example.com', '--address', '192.0.2.10', '--port', '1445'];

async function printed(...argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runOffhook(offhook, 'dhcp-config', ...argv);
  expect([exitCode, stderr]).toEqual([0, '']);
  return stdout;
}

/** For the doors that are open here. */
async function classesHere(...argv: readonly string[]): Promise<DhcpClasses> {
  return JSON.parse(await printed('--json', '--port', String(offhook.port('bootstrap')), ...argv)) as DhcpClasses;
}

function textOf({ classes }: DhcpClasses, vendor: string, code: number): string {
  const value = classes.find((one) => one.vendor === vendor)?.options.find((option) => option.code === code)?.value;
  if (value?.type !== 'text') throw new Error(`${vendor} has no text in option ${String(code)}`);
  return value.text;
}

const PLACES: Readonly<Record<string, readonly string[]>> = {
  kea: [
    '"next-server": "192.0.2.10"',
    '"code": 66,\n        "data": "prov.example.com"',
    '"code": 160,\n        "data": "http://prov.example.com:1445/spa$PSN.cfg"',
    '"code": 150,\n        "data": "192.0.2.10"',
    '// Option 159 is left out: Kea has a meaning of its own for it.\n',
  ],
  isc: [
    'next-server 192.0.2.10;',
    'option tftp-server-name "prov.example.com";',
    'option offhook-160 "http://prov.example.com:1445/spa$PSN.cfg";',
    'option offhook-159 "http://prov.example.com:1445/spa$PSN.cfg";',
    'option offhook-150 192.0.2.10;',
  ],
  dnsmasq: [
    'dhcp-option=tag:offhook-cisco-spa,option:server-ip-address,192.0.2.10\n',
    'dhcp-option=tag:offhook-cisco-spa,66,"prov.example.com"\n',
    'dhcp-option=tag:offhook-cisco-spa,160,"http://prov.example.com:1445/spa$PSN.cfg"\n',
    'dhcp-option=tag:offhook-cisco-spa,159,"http://prov.example.com:1445/spa$PSN.cfg"\n',
    'dhcp-option=tag:offhook-cisco-spa,150,192.0.2.10\n',
  ],
  windows: [
    '# The field siaddr is not set: these commands have nothing for it.\n',
    "-PolicyName 'offhook-cisco-spa' -OptionId 66 -Value 'prov.example.com'\n",
    "-PolicyName 'offhook-cisco-spa' -OptionId 160 -Value 'http://prov.example.com:1445/spa$PSN.cfg'\n",
    "-PolicyName 'offhook-cisco-spa' -OptionId 159 -Value 'http://prov.example.com:1445/spa$PSN.cfg'\n",
    "-PolicyName 'offhook-cisco-spa' -OptionId 150 -Value '192.0.2.10'\n",
  ],
  mikrotik: [
    '# The field siaddr is not set: it is next-server in /ip dhcp-server network',
    `code=66 value="s'prov.example.com'"\n`,
    `code=160 value=0x${Buffer.from('http://prov.example.com:1445/spa$PSN.cfg').toString('hex')}\n`,
    `code=159 value=0x${Buffer.from('http://prov.example.com:1445/spa$PSN.cfg').toString('hex')}\n`,
    'code=150 value=0xc000020a\n',
  ],
};

test('S0.3 the TFTP server’s address is printed for Kea, ISC dhcpd, dnsmasq, Windows and RouterOS: as options 66, 150, 159, 160 and siaddr, or why one of them is not', async () => {
  for (const [server, places] of Object.entries(PLACES)) {
    const text = await printed('--for', server, '--vendor', 'cisco-spa', ...SITE);
    for (const place of places) expect(text, server).toContain(place);
  }
});

test('S0.3 where the printed options send a phone, its bootstrap is served', async () => {
  const made = await classesHere();
  const [spa] = made.classes;
  expect(spa).toMatchObject({ vendor: 'cisco-spa', nextServer: '127.0.0.1' });
  expect(textOf(made, 'cisco-spa', 66)).toBe('127.0.0.1');
  const byTftp = await fetchTftp({ port: offhook.port('tftp') }, 'spa942.cfg');
  const byHttp = await ask(textOf(made, 'cisco-spa', 160).replace('$PSN', '504G'));
  expect(byHttp.status).toBe(200);
  for (const text of [byTftp.bytes.toString(), byHttp.text]) expect(text).toMatch(/<Profile_Rule[^>]*>https:/);
  for (const [vendor, model, mac, code] of [
    ['yealink', 'T46U', '805ec0000301', 66],
    ['snom', 'D785', '000413000301', 66],
    ['polycom', 'VVX411', '64167f000301', 160],
  ] as const) {
    const { steps } = await bootPhone(
      factoryPhone(vendor, model, mac, { ignoresCertificate: true }),
      textOf(made, vendor, code),
    );
    expect(
      steps.some(({ url }) => url.startsWith(`${offhook.door('secure')}/`)),
      vendor,
    ).toBe(true);
  }
});

test('S0.3 the file inside Snom’s option 43 is one that a Snom phone is given its bootstrap under', async () => {
  const snom = (await classesHere('--vendor', 'snom')).classes[0]?.options.find(({ code }) => code === 43)?.value;
  if (snom?.type !== 'octets') throw new Error('no option 43');
  // Snom wiki: 67 is appended to 66 with a slash between, and {mac} is replaced in upper case.
  const url = snom.subOptions.map(({ text }) => text).join('/');
  const answer = await ask(url.replace('{mac}', '000413000302'));
  expect([answer.status, answer.text.includes('<setting_server')]).toEqual([200, true]);
});

test('S0.3 with a tenant’s name its token stands in the URLs, and phones are sent on below it', async () => {
  await offhook.must('PUT', '/tenants/acme', { title: 'ACME Ltd', domains: ['acme.example.com'] });
  const { token } = (await offhook.must('GET', '/tenants/acme/credentials')) as { token: string };
  const made = await classesHere('--vendor', 'yealink', '--tenant', 'acme');
  const directory = textOf(made, 'yealink', 66);
  expect(directory).toBe(`${offhook.door('bootstrap')}/t/${token}/`);
  const bootstrap = await ask(`${directory}805ec0000303.cfg`);
  expect(bootstrap.text).toContain(`${offhook.door('secure')}/t/${token}/`);
});

test('S0.3 a tenant that is not there is told, and nothing is printed', async () => {
  expect(await runOffhook(offhook, 'dhcp-config', '--for', 'kea', '--tenant', 'nobody')).toMatchObject({
    exitCode: 1,
    stdout: '',
  });
});
