import { Buffer } from 'node:buffer';
import { readText } from '../../src/api/apply/locate.ts';
import { oddityOfJson } from '../../src/api/strict-json.ts';
import { applyOutline } from '../../src/app/apply/apply-document.ts';
import { identifyFacts } from '../../src/app/serve/identify.ts';
import { readAuthorization } from '../../src/domain/trust/authorization.ts';
import { readParams } from '../../src/simulate/readers.ts';
import { clientOf } from '../../src/transports/http/client-address.ts';
import { readRange } from '../../src/transports/http/range.ts';
import { parseHost, parseTarget } from '../../src/transports/http/target.ts';
import { parsePath } from '../../src/transports/path.ts';
import { readProxyHeader } from '../../src/transports/proxy/header.ts';
import { readChallenge } from '../../src/transports/sip/digest.ts';
import { Framing } from '../../src/transports/sip/framing.ts';
import { listOf, parseCseq, parseNameAddress, topVia } from '../../src/transports/sip/header-values.ts';
import { headersOf } from '../../src/transports/sip/message.ts';
import { parseMessage } from '../../src/transports/sip/parse-message.ts';
import { parseSipUri } from '../../src/transports/sip/uri.ts';
import { parsePacket } from '../../src/transports/tftp/packets.ts';
import { readDer } from '../../src/transports/tls/der.ts';
import { readCertificateNames } from '../../src/transports/tls/distinguished-name.ts';
import { readXml } from '../../src/vendors/kit/xml.ts';
import { madeBackup, restoreText } from './backups.ts';
import { seedsOf } from './corpus.ts';

/** A parser of what strangers send, or of what may be large and comes from somebody who may write. */
export interface Target {
  /** The folder of its seeds. */
  readonly name: string;
  /** As the test names it. */
  readonly title: string;
  readonly seeds: () => Promise<readonly Buffer[]> | readonly Buffer[];
  readonly parse: (bytes: Buffer) => unknown;
  /** The longest input that its door lets in; of a document, which may be as long as its sender likes, what is enough to tell. */
  readonly maxBytes: number;
  /** Of a short run; a slow parser has fewer. */
  readonly inputs: number;
}

type Parse = (text: string) => unknown;

const HEADER_BYTES = 16 * 1024;
const DATAGRAM_BYTES = 2 * 1024;
const FILE_BYTES = 64 * 1024;
// Each mistake costs the YAML library some ten microseconds, and of two bytes one can be one: a megabyte takes seconds.
const DOCUMENT_BYTES = 4 * 1024;

const bytesTarget = (name: string, title: string, parse: Target['parse'], maxBytes: number): Target => ({
  name,
  title,
  seeds: () => seedsOf(name),
  parse,
  maxBytes,
  inputs: 2_000,
});

const textTarget = (name: string, title: string, parse: Parse, maxBytes = HEADER_BYTES): Target =>
  bytesTarget(name, title, (bytes) => parse(bytes.toString('utf8')), maxBytes);

const decodeBase64 = (text: string): string => Buffer.from(text, 'base64').toString('utf8');
const PHONE_FILES = ['ini', 'xml_elements', 'xml_settings', 'xml_attributes', 'lpconfig'] as const;
const [byForwarded, byXForwardedFor] = [
  clientOf(['192.0.2.0/24'], 'forwarded'),
  clientOf(['192.0.2.0/24'], 'x-forwarded-for'),
];

/** Everything that is ever read of a SIP message. */
function readSip(bytes: Buffer): unknown {
  new Framing().add(bytes);
  const read = parseMessage(bytes);
  if (!read.ok) return read;
  const addresses = ['from', 'to', 'contact'].flatMap((name) => listOf(read.value, name)).map(parseNameAddress);
  return [
    topVia(read.value),
    parseCseq(read.value),
    addresses.map((address) => parseSipUri(address?.uri ?? '')),
    headersOf(read.value, 'www-authenticate').map(readChallenge),
  ];
}

export const TARGETS: readonly Target[] = [
  textTarget('request-target', 'the target of a request', (target) => parseTarget(target, ['tftpboot'])),
  textTarget('host', 'a host', parseHost),
  textTarget('range', 'a range', (range) => readRange(range, 10_000)),
  textTarget('authorization', 'an Authorization header', (header) => readAuthorization(header, decodeBase64)),
  textTarget('forwarded', 'what a proxy says of its client', (header) => [
    byForwarded('192.0.2.1', { forwarded: header }),
    byXForwardedFor('192.0.2.1', { 'x-forwarded-for': header, 'x-forwarded-proto': header }),
  ]),
  textTarget('user-agent', 'what names a phone', (line) => identifyFacts({ userAgent: line, path: line })),
  textTarget('tftp-name', 'a name over TFTP', (name) => parsePath(name, ['tftpboot']), DATAGRAM_BYTES),
  bytesTarget('tftp-packet', 'a TFTP packet', parsePacket, DATAGRAM_BYTES),
  bytesTarget('sip', 'a SIP message', readSip, FILE_BYTES),
  bytesTarget('proxy', 'a PROXY protocol header', readProxyHeader, HEADER_BYTES),
  bytesTarget(
    'certificate-names',
    'the names in a certificate',
    (bytes) => [readCertificateNames(bytes), readDer(bytes)],
    HEADER_BYTES,
  ),
  textTarget('xml', 'XML', readXml, FILE_BYTES),
  textTarget(
    'phone-file',
    'a file that a simulated phone reads',
    (text) => PHONE_FILES.map((format) => readParams(format, text)),
    FILE_BYTES,
  ),
  textTarget(
    'document',
    'a document to apply',
    (text) => {
      const read = readText(text);
      return [oddityOfJson(text), read.ok ? applyOutline.safeParse(read.value) : read];
    },
    DOCUMENT_BYTES,
  ),
  {
    name: 'backup',
    title: 'a backup whose checksum is right',
    seeds: async () => [await madeBackup(), ...seedsOf('backup')],
    parse: (bytes) => restoreText(bytes.toString('utf8')),
    maxBytes: HEADER_BYTES,
    inputs: 300,
  },
];
