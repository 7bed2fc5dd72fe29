import { connect } from 'node:net';

export interface Scanned {
  readonly status: number;
  /** Seconds. */
  readonly retryAfter: number | undefined;
}

const scannedIn = (answer: string): Scanned => {
  const seconds = /^retry-after: (\d+)\r$/im.exec(answer)?.[1];
  return { status: Number(answer.slice(0, 3)), retryAfter: seconds === undefined ? undefined : Number(seconds) };
};

/** How many requests are sent before the answers are waited for. */
const AT_ONCE = 100;

/**
 * Asks for one file after the other from this address of loopback, over one connection and without waiting for each answer, as a
 * scanner in a hurry does. Plain HTTP; no answer may hold a status line.
 */
export function scan(
  url: string,
  address: string,
  files: readonly string[],
  headersOf: (n: number) => string = () => '',
): Promise<readonly Scanned[]> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), localAddress: address });
    let received = '';
    let sent = 0;
    const send = (): void => {
      const batch = files.slice(sent, sent + AT_ONCE);
      const requests = batch.map((file, n) => {
        const close = sent + n === files.length - 1 ? 'Connection: close\r\n' : '';
        return `GET /${file} HTTP/1.1\r\nHost: ${hostname}\r\n${headersOf(sent + n)}${close}\r\n`;
      });
      sent += batch.length;
      socket.write(requests.join(''));
    };
    const answers = (): readonly string[] => received.split('HTTP/1.1 ').slice(1);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      received += text;
      if (sent < files.length && answers().length >= sent) send();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(answers().map(scannedIn));
    });
    send();
  });
}
