import { createSocket } from 'node:dgram';

/** What a DHCP server offers, as it stands in the packet. */
export interface Offer {
  readonly siaddr: string;
  readonly options: ReadonlyMap<number, Buffer>;
}

export interface Discover {
  /** The server's own address. */
  readonly server: string;
  /** Our address in its network, from which we ask as a relay would: the offer comes back to port 67 there. */
  readonly relay: string;
  /** Option 60. */
  readonly dhcpClass: string;
  readonly asksFor: readonly number[];
}

const COOKIE = 0x63825363;
const XID = 0x0ff40011;

const octetsOf = (address: string): readonly number[] => address.split('.').map(Number);
const option = (code: number, value: Uint8Array): Buffer => Buffer.from([code, value.length, ...value]);

/** RFC 2131 §2: a DISCOVER of a phone that a relay has passed on. */
function discoverPacket({ relay, dhcpClass, asksFor }: Discover): Buffer {
  const head = Buffer.alloc(240);
  head.set([1, 1, 6, 1]);
  head.writeUInt32BE(XID, 4);
  head.set(octetsOf(relay), 24);
  head.set([0x02, 0xee, 0, 0, 0, 1], 28);
  head.writeUInt32BE(COOKIE, 236);
  return Buffer.concat([
    head,
    option(53, Uint8Array.of(1)),
    option(60, Buffer.from(dhcpClass, 'latin1')),
    option(55, Uint8Array.from(asksFor)),
    Buffer.from([255]),
  ]);
}

function readOptions(packet: Buffer): ReadonlyMap<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = 240; at < packet.length && packet[at] !== 255;) {
    const [code = 0, length = 0] = packet.subarray(at, at + 2);
    if (code === 0) at += 1;
    else {
      options.set(code, packet.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return options;
}

/** Asks until the server offers something; undefined when it stays silent. */
export function discover(asking: Discover, timeoutMs = 10_000): Promise<Offer | undefined> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  const packet = discoverPacket(asking);
  return new Promise((resolve, reject) => {
    const send = (): void => {
      socket.send(packet, 67, asking.server);
    };
    const again = setInterval(send, 500);
    const end = (offer: Offer | undefined): void => {
      clearInterval(again);
      clearTimeout(late);
      socket.close(() => {
        resolve(offer);
      });
    };
    const late = setTimeout(() => {
      end(undefined);
    }, timeoutMs);
    socket.once('error', reject);
    socket.on('message', (answer) => {
      if (answer.length > 240 && answer.readUInt32BE(4) === XID)
        end({ siaddr: answer.subarray(20, 24).join('.'), options: readOptions(answer) });
    });
    socket.bind(67, asking.relay, send);
  });
}
