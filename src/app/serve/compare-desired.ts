import type { TenantId } from '../../domain/ids.ts';
import type { Clock, Crypto, Store } from '../ports.ts';
import { phoneLoader, type PhoneBundle } from './phone-bundle.ts';
import { filesOf } from './preview.ts';
import { firmwareOf, renderFile } from './render-config.ts';
import type { ServerAddresses } from './server-addresses.ts';

export interface ComparePorts {
  readonly store: Store;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly addresses: () => Promise<ServerAddresses>;
}

/** What a phone should have: the hash of each file that it was ever served. */
function desiredHashes({ crypto, clock }: ComparePorts, bundle: PhoneBundle): Readonly<Record<string, string>> {
  const firmware = firmwareOf(bundle, undefined);
  const served = filesOf(bundle).filter((file) => bundle.state.served[file.name.toLowerCase()] !== undefined);
  return Object.fromEntries(
    served.map((file) => {
      const { bytes } = renderFile(bundle, { part: file.part, firmware, today: clock.now(), exposure: 'full' });
      return [file.name.toLowerCase(), crypto.keyedHash('served', bytes)];
    }),
  );
}

/** Compares up to `limit` phones of a tenant, when there are any and `isOurs` says that nobody else does it. */
export type Compare = (tenant: TenantId, limit: number, isOurs?: () => Promise<boolean>) => Promise<number>;

/**
 * Compares what phones of a tenant have with what they should have: after a change a phone counts as outdated until this
 * has looked at it. Returns how many it looked at; fewer than `limit` means that none is left.
 */
export const compareDesired =
  (ports: ComparePorts): Compare =>
  async (tenant, limit, isOurs) => {
    const { phones } = ports.store.tenant(tenant);
    const waiting = await phones.notCompared(limit);
    if (waiting.length === 0 || (isOurs !== undefined && !(await isOurs()))) return 0;
    // Read after the fingerprints: what they stand for is in it.
    const addresses = await ports.addresses();
    const load = phoneLoader({ store: ports.store, addresses: () => addresses });
    for (const { phone, fingerprint } of waiting) {
      const bundle = await load({ tenant, phone, fingerprint });
      const hashes = bundle === undefined ? {} : desiredHashes(ports, bundle);
      await phones.updateState(phone, (state) => ({ ...state, desired: { fingerprint, hashes } }));
    }
    return waiting.length;
  };
