import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { RequestRecord } from '../../src/api/contract.ts';
import { ask, type Answer, type Ask, type TestProduct } from './product.ts';

/** A phone of the test, with all that its administrator knows of it. */
export interface KnownPhone {
  readonly tenant: string;
  readonly vendor: string;
  readonly mac: string;
  /** The file with its settings, as the phone asks for it. */
  readonly file: string;
  readonly token: string;
  readonly httpUser: string;
  readonly httpPassword: string;
  /** Of its extension: stands in the full configuration and nowhere else. */
  readonly sipPassword: string;
}

interface Credentials {
  readonly token: string;
  readonly httpUser: string;
  readonly httpPassword: string;
}

/** The makers whose phones the attacks are tried on: the name of the settings file, and the door that serves it. */
export const MAKERS = {
  yealink: { model: 'T46U', door: 'secure', oui: '805ec0', file: (mac: string) => `${mac}.cfg` },
  snom: { model: 'D785', door: 'secure', oui: '000413', file: (mac: string) => `snomD785-${mac.toUpperCase()}.htm` },
  polycom: { model: 'VVX411', door: 'secure', oui: '64167f', file: (mac: string) => `${mac}-offhook.cfg` },
  'cisco-spa': { model: 'SPA942', door: 'spa', oui: '000e08', file: (mac: string) => `${mac}.xml` },
} as const;
export type Maker = keyof typeof MAKERS;

export const credentialsOf = async (offhook: TestProduct, path: string): Promise<Credentials> =>
  (await offhook.must('GET', `${path}/credentials`)) as Credentials;

/** Makes a phone with one line, whose extension is called as the phone. */
export async function addPhone(
  offhook: TestProduct,
  tenant: string,
  vendor: Maker,
  suffix: string,
  more: object = {},
): Promise<KnownPhone> {
  const { model, oui, file } = MAKERS[vendor];
  const mac = `${oui}${suffix}`;
  const sipPassword = `sip-secret-${mac}`;
  await offhook.must('PUT', `/tenants/${tenant}/extensions/${mac}`, {
    displayName: `Person ${mac}`,
    password: sipPassword,
    serverHost: `pbx-${tenant}.example.com`,
  });
  const path = `/tenants/${tenant}/phones/${mac}`;
  await offhook.must('PUT', path, { vendor, model, lines: [{ extension: mac }], ...more });
  return { tenant, vendor, mac, file: file(mac), sipPassword, ...(await credentialsOf(offhook, path)) };
}

/** All that a stranger can tell one answer from another by; the time of day and the nonce are new in each. */
export const looksLike = ({ status, rawHeaders, text }: Answer): unknown => ({
  status,
  text,
  headers: rawHeaders
    .map((value, index) => (index % 2 === 1 && rawHeaders[index - 1] === 'Date' ? '…' : value))
    .map((value) => value.replace(/nonce="[^"]*"/, 'nonce="…"')),
});

/** Records of the journal, newest first, after everything was written. */
export async function journal(offhook: TestProduct, path = '/journal'): Promise<readonly RequestRecord[]> {
  // One turn with the server, so that the doors have heard how their last transfers ended.
  await offhook.must('GET', '/journal?limit=1');
  await offhook.product.settle();
  return ((await offhook.must('GET', `${path}?limit=1000`)) as { readonly items: readonly RequestRecord[] }).items;
}

export const logOf = (offhook: TestProduct, { tenant, mac }: KnownPhone): Promise<readonly RequestRecord[]> =>
  journal(offhook, `/tenants/${tenant}/phones/${mac}/log`);

/** The status of a fetch of the phone's settings at its door below its own token. */
export const fetchOwn = (offhook: TestProduct, phone: KnownPhone, how: Ask = {}): Promise<Answer> =>
  ask(`${offhook.door(MAKERS[phone.vendor as Maker].door)}/p/${phone.token}/${phone.file}`, how);

/** Sends bytes that no HTTP client would, and returns all that comes back until the server closes. */
export function sendRaw(url: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port, protocol } = new URL(url);
  return new Promise((resolve, reject) => {
    const to = { host: hostname, port: Number(port) };
    const socket = protocol === 'https:' ? connectTls({ ...to, rejectUnauthorized: false }) : connectTcp(to);
    let received = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: Buffer | string) => (received += chunk.toString()));
    socket.on('close', () => {
      resolve(received);
    });
    socket.on('error', (error: Error) => {
      // A server that has answered may reset what it does not want to read.
      if (received === '') reject(error);
      else resolve(received);
    });
    socket.write(bytes);
  });
}

export const statusOf = (rawAnswer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(rawAnswer)?.[1]);
