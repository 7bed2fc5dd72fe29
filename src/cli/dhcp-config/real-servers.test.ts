import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { discover, type Offer } from '../../../test/kit/dhcp.ts';
import { everyClass, SENT, SERVER, STRANGERS } from '../../../test/kit/dhcp-classes.ts';
import { openNamespace, type Child, type Namespace } from '../../../test/kit/netns.ts';
import { missingTools } from '../../../test/kit/tools.ts';
import type { OptionValue } from '../../domain/dhcp/classes.ts';
import { WRITERS } from './writers.ts';

// What is printed, put into the smallest configuration that the real server starts with.
interface Network {
  readonly network: string;
  readonly netmask: string;
  readonly bits: number;
  readonly first: string;
  readonly last: string;
  readonly interface: string;
  readonly folder: string;
}

interface RealServer {
  readonly program: string;
  readonly around: (snippet: string, net: Network) => string;
  /** Its own check of a configuration file. */
  readonly check: (file: string) => readonly string[];
  readonly run: (file: string, net: Network) => readonly string[];
  /** Options of a class that it cannot be given. */
  readonly lacks: readonly number[];
  /** Options in which it puts a NUL after a text. */
  readonly endsWithNul: readonly number[];
}

const SERVERS: Readonly<Record<string, RealServer>> = {
  kea: {
    program: 'kea-dhcp4',
    around: (snippet, net) => `{ "Dhcp4": {
      "interfaces-config": { "interfaces": [ "${net.interface}" ], "dhcp-socket-type": "udp" },
      "lease-database": { "type": "memfile", "persist": false },
      "subnet4": [ { "id": 1, "subnet": "${net.network}/${String(net.bits)}", "pools": [ { "pool": "${net.first}-${net.last}" } ] } ],
      ${snippet}
    } }`,
    check: (file) => ['-t', file],
    run: (file) => ['-c', file],
    lacks: [159],
    endsWithNul: [],
  },
  isc: {
    program: 'dhcpd',
    around: (snippet, net) =>
      `${snippet}\nsubnet ${net.network} netmask ${net.netmask} { range ${net.first} ${net.last}; }\n`,
    check: (file) => ['-t', '-cf', file],
    run: (file, net) => [
      ...['-f', '-cf', file, '-lf', join(net.folder, 'leases'), '-pf', join(net.folder, 'pid')],
      net.interface,
    ],
    lacks: [],
    endsWithNul: [],
  },
  dnsmasq: {
    program: 'dnsmasq',
    around: (snippet, net) =>
      `port=0\nno-ping\nuser=root\ngroup=root\ndhcp-leasefile=${join(net.folder, 'leases')}\npid-file=\n` +
      `dhcp-range=${net.first},${net.last},${net.netmask},2m\n${snippet}`,
    check: (file) => ['--test', '-C', file],
    run: (file) => ['-k', '-C', file],
    lacks: [],
    // seen: 2.90. RFC 2132 §2 bids who receives it to cut it off.
    endsWithNul: [66],
  },
};

const environment = (folder: string): Readonly<Record<string, string>> => ({
  KEA_LOCKFILE_DIR: folder,
  KEA_PIDFILE_DIR: folder,
  PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
});

const ADDRESS_AS_HOST = everyClass({ ...SERVER, host: '192.0.2.10' });
const MADE = everyClass();
const NAMED_ONLY = everyClass({ host: 'prov.example.com', bootstrapPort: 1445, tftpPort: 69 });

function snippetFor(server: string, made = MADE): string {
  const written = WRITERS.get(server)?.(made);
  if (written?.ok !== true) throw new Error(`${server}: ${JSON.stringify(written)}`);
  return written.value;
}

const octetsOf = (value: OptionValue): string => {
  switch (value.type) {
    case 'text':
      return Buffer.from(value.text, 'latin1').toString('hex');
    case 'addresses':
      return Buffer.from(value.addresses.flatMap((address) => address.split('.').map(Number))).toString('hex');
    case 'octets':
      return value.hex;
  }
};

const ASKED = [43, 66, 150, 159, 160];

/** The options among those that tell a phone where to go, as they came over the wire. */
const toldBy = (offer: Offer | undefined): Readonly<Record<number, string>> =>
  Object.fromEntries(
    ASKED.flatMap((code) => {
      const value = offer?.options.get(code);
      return value === undefined ? [] : [[code, value.toString('hex')]];
    }),
  );

describe.each(Object.entries(SERVERS))('%s', (server, real) => {
  const missing = missingTools(real.program);

  describe.skipIf(missing.length > 0)(
    `the real program${missing.length === 0 ? '' : ` (skipped: no ${missing.join(', ')})`}`,
    () => {
      test.each([
        ['a name', MADE],
        ['an address', ADDRESS_AS_HOST],
        ['a name whose address nobody said', NAMED_ONLY],
        ['a tenant’s token', everyClass({ ...SERVER, tenantToken: 'abcdefghijklmnopqrstuvwxyz' })],
      ])('takes what is written for %s', (_what, made) => {
        const folder = mkdtempSync(join(tmpdir(), 'offhook-dhcp-'));
        try {
          const file = join(folder, 'server.conf');
          const net = {
            network: '192.0.2.0',
            netmask: '255.255.255.0',
            bits: 24,
            first: '192.0.2.100',
            last: '192.0.2.200',
            interface: 'lo',
            folder,
          };
          writeFileSync(file, real.around(snippetFor(server, made), net));
          const env = { ...process.env, ...environment(folder) };
          const { status, stdout, stderr } = spawnSync(real.program, real.check(file), { env, encoding: 'utf8' });
          expect(status, `${stdout}${stderr}`).toBe(0);
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      });
    },
  );

  const missingForNet = missingTools(real.program, 'ip', 'netns');

  describe.skipIf(missingForNet.length > 0)(
    `on a network${missingForNet.length === 0 ? '' : ` (skipped: no ${missingForNet.join(', ')})`}`,
    () => {
      let namespace: Namespace;
      let child: Child;
      let said = '';

      beforeAll(() => {
        namespace = openNamespace();
        const [, base = '', last = ''] = /^(.*\.)(\d+)$/.exec(namespace.address) ?? [];
        const at = (offset: number): string => `${base}${String(Number(last) + offset)}`;
        const net = {
          network: at(-2),
          netmask: '255.255.255.248',
          bits: 29,
          first: at(1),
          last: at(3),
          interface: `ohtest${/\d+$/.exec(namespace.name)?.[0] ?? ''}p`,
          folder: namespace.folder,
        };
        const file = join(namespace.folder, 'server.conf');
        writeFileSync(file, real.around(snippetFor(server), net));
        writeFileSync(join(namespace.folder, 'leases'), '');
        child = namespace.start(real.program, real.run(file, net), environment(namespace.folder));
        for (const stream of [child.stdout, child.stderr])
          stream.on('data', (data: Buffer) => {
            said += data.toString();
          });
      });
      afterAll(() => namespace.close());

      const ask = (dhcpClass: string): Promise<Offer | undefined> =>
        discover({ server: namespace.address, relay: namespace.hostAddress, dhcpClass, asksFor: ASKED });

      test('every phone is told what its maker’s class says, octet for octet, and strangers nothing', async () => {
        for (const { dhcpClass, name } of SENT) {
          const made = MADE.classes.find((one) => one.name === name);
          const offer = await ask(dhcpClass);
          expect(offer, `${dhcpClass}: no offer\n${said}`).toBeDefined();
          expect(toldBy(offer), dhcpClass).toEqual(
            Object.fromEntries(
              made?.options
                .filter(({ code }) => !real.lacks.includes(code))
                .map(({ code, value }) => [code, octetsOf(value) + (real.endsWithNul.includes(code) ? '00' : '')]) ??
                [],
            ),
          );
          if (made?.nextServer !== undefined) expect(offer?.siaddr, dhcpClass).toBe(made.nextServer);
        }
        for (const dhcpClass of STRANGERS.filter((text) => text !== '')) {
          const offer = await ask(dhcpClass);
          expect(offer, `${dhcpClass}: no offer\n${said}`).toBeDefined();
          expect(toldBy(offer), dhcpClass).toEqual({});
        }
      }, 60_000);
    },
  );
});
