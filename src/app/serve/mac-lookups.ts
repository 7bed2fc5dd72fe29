import type { Mac } from '../../domain/mac.ts';
import type { Directory, PhoneRef } from '../ports.ts';

// 150 bytes each: for the phones that one process serves.
const MAX_KNOWN = 200_000;

/**
 * The directory, which remembers whose a MAC is for as long as it says itself that nothing has changed. A MAC that is nobody's
 * is asked for again each time, or strangers would fill the memory: who names one never sees how long that takes.
 */
export function rememberMacs(directory: Directory): Directory {
  const known = new Map<Mac, PhoneRef>();
  let seen: number | undefined;
  const lookUp = async (mac: Mac, changes: number | undefined): Promise<PhoneRef | undefined> => {
    const ref = await directory.byMac(mac);
    if (ref === undefined || changes === undefined || changes !== directory.changes()) return ref;
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(mac, ref);
    return ref;
  };
  return {
    changes: () => directory.changes(),
    byMac: (mac) => {
      const changes = directory.changes();
      if (changes !== seen) known.clear();
      seen = changes;
      const ref = known.get(mac);
      return ref === undefined ? lookUp(mac, changes) : Promise.resolve(ref);
    },
    bySerial: (vendor, serial) => directory.bySerial(vendor, serial),
    byPhoneToken: (hash) => directory.byPhoneToken(hash),
    byTenantToken: (hash) => directory.byTenantToken(hash),
  };
}
