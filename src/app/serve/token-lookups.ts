import { TOKEN_PURPOSE, type Crypto, type Directory, type PhoneRef } from '../ports.ts';

/** Whose URL token it is, with the keyed hash by which it was looked up. */
export interface TokenOwner {
  readonly hash: string;
  readonly phone: PhoneRef | undefined;
}

// 250 bytes each: for the phones that one process serves.
const MAX_KNOWN = 200_000;

/**
 * Looks up phones by their URL token. The token is hashed first: the store never sees it, and looking up takes the same
 * time for all who guess. What was found is remembered for as long as the directory says that nothing has changed.
 */
export class TokenLookups {
  readonly #directory: Directory;
  readonly #crypto: Crypto;
  readonly #known = new Map<string, TokenOwner>();
  #changes: number | undefined;

  constructor(directory: Directory, crypto: Crypto) {
    this.#directory = directory;
    this.#crypto = crypto;
  }

  ownerOf(token: string): TokenOwner | Promise<TokenOwner> {
    const changes = this.#directory.changes();
    if (changes !== this.#changes) this.#known.clear();
    this.#changes = changes;
    return this.#known.get(token) ?? this.#lookUp(token, changes);
  }

  async #lookUp(token: string, changes: number | undefined): Promise<TokenOwner> {
    const hash = this.#crypto.keyedHash(TOKEN_PURPOSE.phone, token);
    const phone = await this.#directory.byPhoneToken(hash);
    const owner = { hash, phone };
    // What changed while it was read would stay unseen; what is nobody's is not kept, or strangers would fill the memory.
    if (phone === undefined || changes === undefined || changes !== this.#directory.changes()) return owner;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(token, owner);
    return owner;
  }
}
