import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { readText } from '../../src/api/apply/locate.ts';
import { identifyFacts } from '../../src/app/serve/identify.ts';
import { readAuthorization } from '../../src/domain/trust/authorization.ts';
import { readRange } from '../../src/transports/http/range.ts';
import { parseHost, parseTarget } from '../../src/transports/http/target.ts';
import { readProxyHeader } from '../../src/transports/proxy/header.ts';
import { parsePacket, requestPacket } from '../../src/transports/tftp/packets.ts';
import { readCertificateNames } from '../../src/transports/tls/distinguished-name.ts';
import { readXml } from '../../src/vendors/kit/xml.ts';
import { mutate, randomFrom } from './mutate.ts';

interface Target {
  readonly seeds: readonly (string | Buffer)[];
  readonly parse: (bytes: Buffer) => unknown;
}

const text =
  (parse: (text: string) => unknown) =>
  (bytes: Buffer): unknown =>
    parse(bytes.toString('utf8'));

/** Parsers of what strangers send, and of what may be large and comes from any administrator. */
const TARGETS: Readonly<Record<string, Target>> = {
  'the target of a request': {
    seeds: [
      '/805ec0000001.cfg',
      '/p/abcdefgh234567/y000000000108.cfg?x=1',
      'http://prov.example.com/%2e%2e/etc',
      '/a%00b',
    ],
    parse: text((target) => parseTarget(target, ['tftpboot'])),
  },
  'a host': { seeds: ['prov.example.com:1444', '[2001:db8::1]:80'], parse: text(parseHost) },
  'a range': {
    seeds: ['bytes=0-499', 'bytes=-500', 'bytes=0-0,1-1'],
    parse: text((range) => readRange(range, 10_000)),
  },
  'an Authorization header': {
    seeds: [
      'Basic YWxpY2U6c2VjcmV0',
      'Digest username="a", realm="b", nonce="c", uri="/x", qop=auth, nc=00000001, cnonce="d", response="e", algorithm=MD5',
    ],
    parse: text((header) => readAuthorization(header, (encoded) => Buffer.from(encoded, 'base64').toString('utf8'))),
  },
  'what names a phone': {
    seeds: [
      'Yealink SIP-T46U 108.86.0.20 80:5e:c0:12:34:56',
      'Mozilla/4.0 (compatible; snomD785-SIP 10.1.46.16 1.1.3-IFX-26.11.12)',
      'FileTransport PolycomVVX-VVX_411-UA/5.9.5.0614 (SN:64167f000001) Type/Application',
      'Linksys/SPA942-6.1.5(a) (000E08ABCDEF)(FFI123)',
    ],
    parse: text((line) => identifyFacts({ userAgent: line, path: line })),
  },
  'a TFTP packet': {
    seeds: [
      requestPacket({
        kind: 'rrq',
        file: 'spa942.cfg',
        mode: 'octet',
        options: [{ name: 'blksize', value: '1428' }],
      }),
      Buffer.from([0, 4, 0, 1]),
      Buffer.from([0, 5, 0, 0, 0x78, 0]),
    ],
    parse: parsePacket,
  },
  'a PROXY protocol header': {
    seeds: [
      'PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n',
      Buffer.from('0d0a0d0a000d0a515549540a2111000cc0000201c0000202dc0401bb', 'hex'),
    ],
    parse: readProxyHeader,
  },
  'the names in a certificate': {
    seeds: [Buffer.from('301a311830160603550403130f383035656330303030303031', 'hex'), Buffer.from('3080', 'hex')],
    parse: readCertificateNames,
  },
  XML: {
    seeds: ['<?xml version="1.0"?><a b="c"><d>e &amp; f</d><!-- x --><![CDATA[y]]></a>', '<a><b/></a>'],
    parse: text(readXml),
  },
  'a document to apply': {
    seeds: [
      'tenants:\n  - name: acme\n    title: Acme\n    x: &a [1, *a]\n',
      'tenants:\n  - &one { name: a }\n  - { <<: *one, ? [b] : "c", d: [] }\n',
      '{"tenants":[{"name":"acme"}]}',
      'a: |\n  b\nc: !!set {}\n? d\n',
    ],
    parse: text(readText),
  },
};

/** The least of three, so that only what is slow by itself counts, not what had to wait for the machine. */
function millisecondsOf(work: () => unknown): number {
  const once = (): number => {
    const start = performance.now();
    work();
    return performance.now() - start;
  };
  const first = once();
  return first < 100 ? first : Math.min(first, once(), once());
}

// FUZZ_SECONDS (for each parser) and FUZZ_SEED for a longer or another run; by default a number of inputs, so that every run is
// the same.
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 0);
const INPUTS = 4_000;
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);

// What is remembered of names and versions is bounded and filled early; what grows after that grows with every request. The short
// run sees some 400 bytes for each input, the long one whatever there is.
const WARM_UP = INPUTS / 4;
const MOST_GROWN_BYTES = 1024 * 1024;

setFlagsFromString('--expose-gc');
// `as`: V8 gives it under a flag of its own, so that no type knows it.
const collectGarbage = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** One input, and what is wrong with what came of it; building the text for each would cost more than the parser. */
function whatIsWrong(parse: Target['parse'], input: Buffer): string | undefined {
  try {
    const took = millisecondsOf(() => parse(input));
    return took < 100 ? undefined : `took ${took.toFixed(0)} ms`;
  } catch (error) {
    return `threw ${String(error)}`;
  }
}

for (const [name, { seeds, parse }] of Object.entries(TARGETS)) {
  test(
    `C6 whatever bytes come as ${name}, the parser neither throws, nor takes longer than 100 ms, nor remembers them`,
    () => {
      const random = randomFrom(SEED);
      const corpus = seeds.map((seed) => Buffer.from(seed));
      const end = performance.now() + SECONDS * 1000;
      let warm = 0;
      for (let tried = 0; tried < INPUTS || performance.now() < end; tried++) {
        if (tried === WARM_UP) warm = heapBytes();
        const input = mutate(corpus, random);
        const wrong = whatIsWrong(parse, input);
        if (wrong !== undefined) expect.fail(`input ${String(tried)} ${wrong}: ${input.toString('base64')}`);
      }
      expect(heapBytes() - warm).toBeLessThan(MOST_GROWN_BYTES);
    },
    30_000 + SECONDS * 2000,
  );
}
