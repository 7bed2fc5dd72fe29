import { once } from 'node:events';
import type { Namespace } from './netns.ts';

/** What a phone that asked its network was told; each message as it came. */
export interface Told {
  readonly messages: readonly string[];
  /** The URL in the NOTIFY. */
  readonly url: string | undefined;
}

// Runs inside of the namespace, in plain Node: asks once, notes what comes and answers the NOTIFY, for a second.
const PHONE = `
const [mac, address, event, times] = process.argv.slice(1);
const socket = require('node:dgram').createSocket('udp4');
const messages = [];
const at = address + ':5066';
const ask = (n) => 'SUBSCRIBE sip:MAC%3a' + mac + '@224.0.1.75 SIP/2.0\\r\\nVia: SIP/2.0/UDP ' + at + ';branch=z9hG4bK42' + n + '\\r\\nFrom: <sip:MAC%3a' + mac +
  '@224.0.1.75>;tag=4205\\r\\nTo: <sip:MAC%3a' + mac + '@224.0.1.75>\\r\\nCall-ID: ' + n + '@' + address + '\\r\\nCSeq: 1 SUBSCRIBE\\r\\nContact: <sip:MAC%3a' + mac +
  '@' + at + '>\\r\\nMax-Forwards: 70\\r\\nExpires: 0\\r\\nEvent: ' + event + '\\r\\nAccept: application/url\\r\\nContent-Length: 0\\r\\n\\r\\n';
socket.on('message', (bytes, from) => {
  const text = bytes.toString();
  messages.push(text);
  if (!text.startsWith('NOTIFY')) return;
  const echoed = text.split('\\r\\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
  socket.send(['SIP/2.0 200 OK', ...echoed, 'Content-Length: 0', '', ''].join('\\r\\n'), from.port, from.address);
});
socket.bind(5066, '0.0.0.0', () => {
  socket.setMulticastInterface(address);
  for (let n = 0; n < Number(times); n++) socket.send(ask(n), 5060, '224.0.1.75');
  setTimeout(() => { console.log(JSON.stringify(messages)); socket.close(); }, 1000);
});
`;

export interface Asking {
  readonly mac: string;
  readonly event?: string;
  /** Another address of the namespace than its own. */
  readonly from?: string;
  readonly times?: number;
}

const EVENT = 'ua-profile;profile-type="device";vendor="Yealink";model="T46U";version="108.86.0.20"';

/** A phone in factory state in the namespace asks its network where to be provisioned. */
export async function askNetwork(
  namespace: Namespace,
  { mac, event = EVENT, from = namespace.address, times = 1 }: Asking,
): Promise<Told> {
  const child = namespace.start(process.execPath, ['-e', PHONE, mac, from, event, String(times)]);
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  await once(child, 'close');
  // `as`: what the program above prints.
  const messages = JSON.parse(output) as string[];
  const notify = messages.find((message) => message.startsWith('NOTIFY'));
  return { messages, url: notify?.split('\r\n\r\n')[1] };
}
