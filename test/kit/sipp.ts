import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ended, until, type Namespace } from './netns.ts';

/** Where a SIPp phone is, and as whom it registers. */
export interface SippPhone {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly domain: string;
  readonly transport: 'udp' | 'tcp';
}

const scenario = (name: string, steps: string): string =>
  `<?xml version="1.0" encoding="ISO-8859-1" ?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n<scenario name="${name}">\n${steps}</scenario>\n`;

const message = (...lines: readonly string[]): string =>
  `<![CDATA[\n${lines.map((line) => `      ${line}\n`).join('')}\n]]>`;

const ANSWER = ['[last_Via:]', '[last_From:]', '[last_To:];tag=[call_number]', '[last_Call-ID:]', '[last_CSeq:]'];

const registerStep = ({ user, domain, port, transport }: SippPhone, authentication: string, count: number): string =>
  `<send retrans="500">${message(
    `REGISTER sip:${domain} SIP/2.0`,
    'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport',
    'Max-Forwards: 70',
    `From: <sip:${user}@${domain}>;tag=[call_number]`,
    `To: <sip:${user}@${domain}>`,
    'Call-ID: [call_id]',
    `CSeq: ${String(count)} REGISTER`,
    `Contact: <sip:${user}@[local_ip]:${String(port)};transport=${transport}>`,
    'Expires: 600',
    ...(authentication === '' ? [] : [authentication]),
    'Content-Length: 0',
    '',
  )}</send>\n`;

const register = (phone: SippPhone): string =>
  scenario(
    'register',
    registerStep(phone, '', 1) +
      '<recv response="401" auth="true"/>\n' +
      registerStep(phone, `[authentication username=${phone.user} password=${phone.password}]`, 2) +
      '<recv response="200"/>\n',
  );

/** Asks for the digest of each NOTIFY, and lets pass who knows the password. */
const challenge = ({ user, password }: SippPhone, realm: string): string =>
  scenario(
    'challenge',
    `<recv request="NOTIFY"/>\n<send>${message(
      'SIP/2.0 401 Unauthorized',
      ...ANSWER,
      `WWW-Authenticate: Digest realm="${realm}", nonce="47ebe028cda119c35d4877b383027d28da013815", algorithm=MD5, qop="auth"`,
      'Content-Length: 0',
      '',
    )}</send>\n` +
      `<recv request="NOTIFY"><action><verifyauth assign_to="right" username="${user}" password="${password}"/></action></recv>\n` +
      `<nop next="1" test="right"/>\n<send next="2">${message('SIP/2.0 403 Forbidden', ...ANSWER, 'Content-Length: 0', '')}</send>\n` +
      `<label id="1"/>\n<send>${message('SIP/2.0 200 OK', ...ANSWER, 'Content-Length: 0', '')}</send>\n<label id="2"/>\n`,
  );

interface Running {
  readonly stop: () => Promise<void>;
}

function run(namespace: Namespace, name: string, text: string, phone: SippPhone, more: readonly string[]) {
  const file = join(namespace.folder, `${name}-${String(phone.port)}.xml`);
  writeFileSync(file, text);
  const transport = phone.transport === 'udp' ? 'u1' : 't1';
  return namespace.start('sipp', ['-sf', file, '-t', transport, '-i', namespace.address, '-nostdin', ...more]);
}

/** Registers once at the proxy. */
export async function registerSipp(namespace: Namespace, phone: SippPhone, proxy: string): Promise<void> {
  const child = run(namespace, 'register', register(phone), phone, [proxy, '-m', '1', '-timeout', '10']);
  await ended(child, 12_000);
  if (child.exitCode !== 0) throw new Error(`SIPp could not register (${String(child.exitCode)})`);
}

/** `/proc/net` of the namespace names every socket that is bound there: the port as four hexadecimal digits. */
async function isBound(namespace: Namespace, { port, transport }: SippPhone): Promise<true | undefined> {
  const child = namespace.start('cat', [`/proc/net/${transport}`]);
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()));
  await once(child, 'close');
  return text.includes(`:${port.toString(16).toUpperCase().padStart(4, '0')} `) ? true : undefined;
}

/** A phone that challenges every NOTIFY, until it is stopped. */
export async function startChallengingSipp(namespace: Namespace, phone: SippPhone, realm: string): Promise<Running> {
  const child = run(namespace, 'challenge', challenge(phone, realm), phone, ['-p', String(phone.port)]);
  await until(
    () => isBound(namespace, phone),
    5_000,
    () => 'SIPp does not listen',
  );
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await ended(child, 3_000);
    },
  };
}
