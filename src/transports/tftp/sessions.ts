/** Something that can be given up to make room. */
export interface Session {
  readonly address: string;
  readonly heard: boolean;
  abort(): void;
}

export interface SessionLimits {
  readonly perAddress: number;
  readonly total: number;
}

/**
 * The running transfers by peer (`address:port`), bounded for each address and in all. When all places are taken, the oldest
 * transfer whose peer never answered gives way: a flood from forged addresses (U2) then displaces itself, while a
 * phone in the same network answers within milliseconds and stays.
 */
export class Sessions<S extends Session> {
  readonly #limits: SessionLimits;
  readonly #byPeer = new Map<string, S>();
  readonly #perAddress = new Map<string, number>();

  constructor(limits: SessionLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#byPeer.size;
  }

  find(peer: string): S | undefined {
    return this.#byPeer.get(peer);
  }

  /** Whether there is room for one more, after making some if need be. */
  makeRoom(address: string): boolean {
    if ((this.#perAddress.get(address) ?? 0) >= this.#limits.perAddress) return false;
    if (this.#byPeer.size < this.#limits.total) return true;
    for (const [peer, session] of this.#byPeer) {
      if (session.heard) continue;
      this.remove(peer, session);
      session.abort();
      return true;
    }
    return false;
  }

  add(peer: string, session: S): void {
    this.#byPeer.set(peer, session);
    this.#perAddress.set(session.address, (this.#perAddress.get(session.address) ?? 0) + 1);
  }

  /** Takes this session out, unless another one has its place already. */
  remove(peer: string, session: S): void {
    if (this.#byPeer.get(peer) !== session) return;
    this.#byPeer.delete(peer);
    const left = (this.#perAddress.get(session.address) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(session.address, left);
    else this.#perAddress.delete(session.address);
  }

  abortAll(): void {
    for (const session of [...this.#byPeer.values()]) session.abort();
  }
}
