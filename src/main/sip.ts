import type { ResyncPhone } from '../app/resync/resync-phone.ts';
import type { DoorReport } from './doors.ts';
import { openPnp, type PnpWorld } from './pnp.ts';
import { openResync, type ResyncWorld } from './resync.ts';

/** Everything that speaks SIP. */
export interface OpenSip {
  readonly resyncPhone: ResyncPhone;
  readonly reports: readonly DoorReport[];
  close(): Promise<void>;
}

/** Opens what is configured; phones can always be told to come back. */
export async function openSip(world: PnpWorld & ResyncWorld): Promise<OpenSip> {
  const resync = openResync(world);
  const pnp = await openPnp(world);
  return {
    resyncPhone: resync.resyncPhone,
    reports: pnp.reports,
    close: async () => {
      await Promise.all([pnp.close(), resync.close()]);
    },
  };
}
