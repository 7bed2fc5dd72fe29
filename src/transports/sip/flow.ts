import type { Transport } from '../../domain/settings/line.ts';

/** Of a SIP hop (RFC 3261 §26.2, RFC 3581): transport, numeric address, port. */
export interface SipHop {
  readonly transport: Transport;
  readonly address: string;
  readonly port: number;
  /** The name by which its certificate is checked, for TLS. */
  readonly name: string;
}

/** A way to one peer, on which answers come back: a UDP socket and an address, or a connection. */
export interface Flow {
  readonly hop: SipHop;
  /** Ours, as the peer can reach it. */
  readonly local: { readonly address: string; readonly port: number };
  /** TCP and TLS lose nothing: what is sent there is sent once. */
  readonly isReliable: boolean;
  /** Rejects where it can't be sent. */
  send(bytes: Uint8Array): Promise<void>;
}
