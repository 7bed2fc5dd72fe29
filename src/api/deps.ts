import type { FastifyServerFactory } from 'fastify';
import type { IdentityProvider, OidcRules } from '../app/access/oidc/identity-provider.ts';
import type { Passwords } from '../app/access/passwords.ts';
import type { CertificateChecks } from '../app/certificates/certificate-checks.ts';
import type { DocumentPorts } from '../app/documents/open-scope.ts';
import type { GuardPorts } from '../app/guard/guard.ts';
import type { FirmwareLimits } from '../app/firmware/save-firmware.ts';
import type { Preview } from '../app/phones/preview.ts';
import type { FileStore, Log, NonceUses, Sealing } from '../app/ports.ts';
import type { ResyncPhone } from '../app/resync/resync-phone.ts';
import type { Watch } from './watch/routes.ts';

/** The provider by which people may sign in. */
export interface Oidc {
  readonly provider: IdentityProvider;
  readonly rules: OidcRules;
  /** What the button says. */
  readonly title: string;
  /** The origin under which browsers reach the administration; never read from a request. */
  readonly publicUrl: string;
  readonly nonces: NonceUses;
}

/** Everything that the API needs of the world; `main.ts` makes it once and builds one instance per listener from it. */
export interface ApiDeps extends DocumentPorts {
  readonly files: FileStore;
  readonly passwords: Passwords;
  readonly certificates: CertificateChecks;
  readonly preview: Preview;
  readonly guard: GuardPorts;
  readonly log: Log;
  /** Of this server, for the description of the API. */
  readonly version: string;
  /** Of the store's tables, for backups. */
  readonly schema: number;
  readonly sealing: Sealing;
  readonly firmware: FirmwareLimits;
  /** `local-operator`: the control socket; whoever can open it is the platform's operator. */
  readonly authenticate: 'tokens' | 'local-operator';
  /** Called after a certificate or a maker's CA has changed; resolves when the doors use it. */
  readonly onTrustChanged?: (what: 'certificates' | 'authorities') => Promise<void>;
  /** Addresses whose X-Forwarded-For is believed; none by default. */
  readonly trustedProxies?: readonly string[];
  /** How this process is; absent where none serves. */
  readonly watch?: Watch;
  /** Tells phones to come back; absent where no server runs that could look whether they do. */
  readonly resyncPhone?: ResyncPhone;
  /** Sign-in by OpenID Connect, where it is configured. */
  readonly oidc?: Oidc;
  /** Makes the listener's server, for HTTPS; plain HTTP where it is left out. */
  readonly serverFactory?: FastifyServerFactory;
}
