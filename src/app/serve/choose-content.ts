import type { FirmwareImage } from '../../domain/phone.ts';
import type { Model } from '../../domain/model.ts';
import type { Admission } from '../../domain/trust/admit.ts';
import {
  modelNamed,
  type FileKind,
  type Params,
  type RequestRoute,
  type VendorDriver,
} from '../../vendors/kit/driver.ts';
import { parseFirmwareVersion } from '../../domain/firmware-version.ts';
import type { Store } from '../ports.ts';
import type { PhoneRequest } from './outcome.ts';
import type { KnownPhone } from './known-phone.ts';
import type { PlatformTrust } from './platform-trust.ts';
import type { Standing } from './prove.ts';
import type { ServerAddresses } from './server-addresses.ts';

/** What will be sent, decided by class and kind together; nothing is written yet. */
export type Choice =
  | {
      readonly kind: 'config';
      readonly part: string;
      readonly exposure: 'full' | 'plain';
      readonly known: KnownPhone;
    }
  | {
      readonly kind: 'bootstrap';
      readonly part: string;
      readonly driver: VendorDriver;
      readonly model: Model;
      readonly params: Params;
    }
  | { readonly kind: 'firmware'; readonly image: FirmwareImage }
  | { readonly kind: 'certificate_authority' }
  | { readonly kind: 'upload'; readonly known: KnownPhone }
  | { readonly kind: 'refused'; readonly reason: string };

export interface ChoosePorts {
  readonly store: Store;
  readonly platformTrust: Pick<PlatformTrust, 'now'>;
  readonly addresses: () => ServerAddresses;
}

const refused = (reason: string): Choice => ({ kind: 'refused', reason });

const prefixPath = ({ prefix }: PhoneRequest): string =>
  prefix.kind === 'none' ? '' : `${prefix.kind === 'phone' ? 'p' : 't'}/${prefix.token}/`;

/** The level-0 configuration: chosen by what the request itself shows, never by what is stored, so that known and unknown MACs answer alike. */
async function chooseBootstrap(
  { platformTrust, addresses }: ChoosePorts,
  request: PhoneRequest,
  standing: Standing,
  route: RequestRoute,
  driver: VendorDriver,
  directory = addresses().secureDirectory(driver, prefixPath(request)),
): Promise<Choice> {
  const { identity } = standing.recognised;
  const own = identity.vendor === driver.id ? identity : undefined;
  const model = modelNamed(driver, own?.model);
  const { trust: usual, caUrl, caPem } = addresses();
  const trust = (await platformTrust.now()) ?? usual;
  const firmware = own?.firmware ?? parseFirmwareVersion(model.defaultFirmware ?? '');
  const params = driver.bootstrap({
    part: route.part,
    secureUrl: directory,
    trust,
    caUrl,
    caPem,
    model,
    firmware,
  });
  return params === undefined
    ? refused(`${driver.name} has no bootstrap ${route.part}`)
    : { kind: 'bootstrap', part: route.part, driver, model, params };
}

/** A firmware file by the name asked for: the phone's or prefix's tenant's own, else a global one. */
async function chooseFirmware(
  { store }: ChoosePorts,
  request: PhoneRequest,
  { known, prefixTenant }: Standing,
  admission: Admission,
): Promise<Choice> {
  const name = request.file.split('/').at(-1) ?? '';
  const tenant = prefixTenant?.id ?? (admission.level >= 3 ? known?.tenant.id : undefined);
  const own = tenant === undefined ? undefined : await store.tenant(tenant).firmware.byKey(name);
  const image = own ?? (await store.platform.firmware.byKey(name));
  return image === undefined ? refused('no such file') : { kind: 'firmware', image };
}

const GIVES_BOOTSTRAP: readonly PhoneRequest['door'][] = ['bootstrap', 'legacy', 'tftp'];

/**
 * A phone that its factory certificate proves, but that asks under a URL that is not its own any more: of before it was moved
 * to another tenant, or got a new token (W9).
 */
function astray({ known, proofs, deadPrefix, prefixTenant }: Standing): KnownPhone | undefined {
  if (known === undefined || known.phone.blocked) return undefined;
  const isOtherPlace = deadPrefix || (prefixTenant !== undefined && prefixTenant.id !== known.tenant.id);
  const isItself = proofs.some((proof) => proof.kind === 'certificate' && proof.phone === known.phone.id);
  return isOtherPlace && isItself ? known : undefined;
}

const HAS_BOOTSTRAP: readonly FileKind[] = ['config', 'generic'];

/** The way home for such a phone: its new URL, and nothing else before it asks there. */
function chooseWayHome(
  ports: ChoosePorts,
  request: PhoneRequest,
  standing: Standing,
  { driver, tenant, phone }: KnownPhone,
): Choice | Promise<Choice> {
  const route = driver.requests.find(({ kind, match }) => HAS_BOOTSTRAP.includes(kind) && match.test(request.file));
  if (route === undefined || request.method === 'PUT' || request.method === 'POST')
    return refused('the URL no longer belongs to the phone');
  const directory = ports.addresses().phoneDirectory(driver, tenant, phone);
  return chooseBootstrap(ports, request, standing, route, driver, directory);
}

/** A configuration file: the phone's own as far as it is admitted; else the bootstrap, on the doors that give one. */
function chooseConfig(
  ports: ChoosePorts,
  request: PhoneRequest,
  standing: Standing,
  admission: Admission,
  route: RequestRoute,
  driver: VendorDriver,
): Choice | Promise<Choice> {
  const { known } = standing;
  const { content } = admission;
  if (known?.driver === driver && route.kind === 'config' && (content === 'full' || content === 'plain'))
    return { kind: 'config', part: route.part, exposure: content, known };
  if (GIVES_BOOTSTRAP.includes(request.door)) return chooseBootstrap(ports, request, standing, route, driver);
  if (standing.deadPrefix) return refused('the token in the URL belongs to nobody');
  return route.kind === 'generic'
    ? chooseBootstrap(ports, request, standing, route, driver)
    : refused(admission.reason);
}

function chooseUpload(standing: Standing, admission: Admission, kind: FileKind | undefined): Choice {
  const { known } = standing;
  if (known === undefined || admission.content !== 'full') return refused('uploads are taken from proven phones only');
  return kind === 'upload' ? { kind: 'upload', known } : refused('this file is not uploaded');
}

/** The maker whose file names apply: of the phone, once anything is proven of it; else of who seems to ask. */
const driverFor = ({ known, recognised }: Standing, admission: Admission): VendorDriver | undefined =>
  known !== undefined && admission.level > 0 ? known.driver : recognised.driver;

/** What somebody who reads gets for a file name that this maker's phones ask for. */
function chooseRouted(
  ports: ChoosePorts,
  request: PhoneRequest,
  standing: Standing,
  admission: Admission,
  route: RequestRoute,
  driver: VendorDriver,
): Choice | Promise<Choice> | undefined {
  if (route.kind === 'config' || route.kind === 'generic')
    return chooseConfig(ports, request, standing, admission, route, driver);
  return route.kind === 'absent' ? refused('a file that no phone has here') : undefined;
}

function chooseByName(
  ports: ChoosePorts,
  request: PhoneRequest,
  standing: Standing,
  admission: Admission,
): Choice | Promise<Choice> {
  const driver = driverFor(standing, admission);
  const isUpload = request.method === 'PUT' || request.method === 'POST';
  const route = driver?.requests.find(
    (candidate) => (candidate.kind === 'upload') === isUpload && candidate.match.test(request.file),
  );
  if (isUpload) return chooseUpload(standing, admission, route?.kind);
  if (request.file === 'ca.pem')
    return ports.addresses().caPem === '' ? refused('no CA of our own') : { kind: 'certificate_authority' };
  const routed =
    driver === undefined || route === undefined
      ? undefined
      : chooseRouted(ports, request, standing, admission, route, driver);
  return routed ?? chooseFirmware(ports, request, standing, admission);
}

/** File name and class → what is sent. Only what has to be looked up for it is waited for: a promise more costs as much as the choice. */
export function chooseContent(
  ports: ChoosePorts,
  request: PhoneRequest,
  standing: Standing,
  admission: Admission,
): Choice | Promise<Choice> {
  const lost = astray(standing);
  return lost === undefined
    ? chooseByName(ports, request, standing, admission)
    : chooseWayHome(ports, request, standing, lost);
}
