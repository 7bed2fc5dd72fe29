import { serverTrust, type ServerTrust } from '../../domain/settings/security.ts';
import type { Store } from '../ports.ts';

type Said = ServerTrust | undefined;

/**
 * What the operator says of the check of our certificate, for all phones; he may know better than we do how it was bought.
 * Remembered for as long as the directory says that nothing has changed: every bootstrap asks for it.
 */
export class PlatformTrust {
  readonly #store: Pick<Store, 'platform' | 'directory'>;
  #known: { readonly changes: number; readonly trust: Said } | undefined;

  constructor(store: Pick<Store, 'platform' | 'directory'>) {
    this.#store = store;
  }

  now(): Said | Promise<Said> {
    return this.#known !== undefined && this.#known.changes === this.#store.directory.changes()
      ? this.#known.trust
      : this.#read();
  }

  async #read(): Promise<Said> {
    const { platform, directory } = this.#store;
    const changes = directory.changes();
    const entry = (await platform.document()).settings['security.serverTrust'];
    const trust = entry !== undefined && 'value' in entry ? serverTrust.parse(entry.value) : undefined;
    // What changed while it was read would stay unseen.
    if (changes !== undefined && changes === directory.changes()) this.#known = { changes, trust };
    return trust;
  }
}
