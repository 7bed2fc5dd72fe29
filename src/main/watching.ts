import type { Watch } from '../api/watch/routes.ts';
import { shownCertificates } from '../app/certificates/expiry.ts';
import type { GuardPorts } from '../app/guard/guard.ts';
import type { Config } from '../config.ts';
import type { CurrentTrust } from './current-trust.ts';
import type { OpenDoors } from './doors.ts';
import { METRICS_CONTENT_TYPE } from './metrics.ts';
import { watchSources } from './metric-sources.ts';
import type { OpenStore } from './open-store.ts';
import { readinessOf, type Readiness } from './readiness.ts';
import type { Serving } from './serving.ts';
import { VERSION } from './version.ts';

export interface WatchedWorld extends Pick<OpenStore, 'store' | 'metrics'> {
  readonly config: Config;
  readonly serving: Serving;
  readonly doors: OpenDoors;
  readonly trust: CurrentTrust;
  readonly host: string;
  readonly guard: GuardPorts;
}

export interface Watching {
  readonly watch: Watch;
  readonly readiness: Readiness;
}

/** Readiness and metrics of the running product. */
export function startWatching(world: WatchedWorld): Watching {
  const { config, store, metrics, serving, doors, trust, host, guard } = world;
  const wanted = doors.reports.filter(
    ({ name }) => name !== 'admin' && name !== 'metrics' && name !== 'pnp' && config.doors[name].open,
  );
  const readiness = readinessOf(store, wanted);
  watchSources(metrics.registry, {
    version: VERSION,
    fleet: () => store.platform.fleet(),
    storeBytes: () => store.sizeBytes(),
    journal: () => serving.records.level(),
    guard: () => ({ counts: guard.state.counts, banned: guard.state.bans.size }),
    tftpTransfers: doors.tftpTransfers,
    doors: wanted,
    certificates: () => shownCertificates(trust.trust.certificates, host),
    isReady: async () => (await readiness.reasons()).length === 0,
  });
  return {
    readiness,
    watch: {
      unready: readiness.reasons,
      remarks: () =>
        metrics.writesFail()
          ? ['the store cannot be written: phones get what was there before, and nothing can be changed']
          : [],
      metrics: metrics.text,
      metricsContentType: METRICS_CONTENT_TYPE,
      onAnswered: metrics.onApiAnswer,
    },
  };
}
