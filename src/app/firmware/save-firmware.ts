import type { FirmwareId, ModelId, VendorId } from '../../domain/ids.ts';
import type { FirmwareImage } from '../../domain/phone.ts';
import type { Actor } from '../access/actor.ts';
import { issue, type Issue } from '../documents/issue.ts';
import { unversioned } from '../documents/kind.ts';
import { noteAudit, type Saved } from '../documents/save-document.ts';
import { same } from '../documents/same.ts';
import { driverOf, isTenantScope, type Catalogue, type PlatformScope } from '../documents/scope.ts';
import { listAll } from '../pages.ts';
import type { FileStore, Repository, Store, Versioned } from '../ports.ts';
import { wrongWithFileName } from './firmware-name.ts';

/** What its uploader says of a file. */
export interface FirmwareFacts {
  readonly vendor: string;
  readonly models: readonly string[];
  readonly version: string;
  readonly hardware?: string | undefined;
  readonly fromVersion?: string | undefined;
}

export interface FirmwareLimits {
  readonly maxFileBytes: number;
  /** Of all files of one tenant, or of the platform. */
  readonly quotaBytes: number;
}

export const firmwareOf = (scope: PlatformScope): Repository<FirmwareImage> =>
  isTenantScope(scope) ? scope.own.firmware : scope.platform.firmware;

const PAGE = 500;

export const allImages = (repository: Repository<FirmwareImage>): Promise<readonly Versioned<FirmwareImage>[]> =>
  listAll(repository, (image) => image.fileName, PAGE);

/** Everything that is wrong with the name and the facts, before a byte is taken. */
export function checkFacts(
  fileName: string,
  facts: FirmwareFacts,
  present: readonly FirmwareImage[],
  catalogue: Catalogue,
): readonly Issue[] {
  const wrongName = wrongWithFileName(fileName, catalogue);
  const driver = driverOf(catalogue, facts.vendor);
  // Phones' requests are matched without regard to case, so two names must differ in more than that.
  const alike = present.find(
    (image) => image.fileName !== fileName && image.fileName.toLowerCase() === fileName.toLowerCase(),
  );
  return [
    ...(wrongName === undefined ? [] : [issue(['fileName'], wrongName, fileName)]),
    ...(alike === undefined ? [] : [issue(['fileName'], `differs from ${alike.fileName} in case only`, fileName)]),
    ...(driver === undefined ? [issue(['vendor'], 'is not in the catalogue', facts.vendor)] : []),
    ...facts.models.flatMap((model, index) =>
      driver === undefined || driver.models.some((one) => one.id === model)
        ? []
        : [issue(['models', index], `${driver.name} has no such model`, model)],
    ),
  ];
}

/** What is left of the quota for this file, its own present content not counted. */
export const roomFor = (
  fileName: string,
  present: readonly FirmwareImage[],
  { maxFileBytes, quotaBytes }: FirmwareLimits,
): number => {
  const used = present.filter((image) => image.fileName !== fileName).reduce((sum, image) => sum + image.size, 0);
  return Math.max(0, Math.min(maxFileBytes, quotaBytes - used));
};

export interface Content {
  readonly sha256: string;
  readonly size: number;
}

/** Keeps the record of a file whose content is stored already. */
export async function saveFirmware(
  scope: PlatformScope,
  actor: Actor,
  fileName: string,
  facts: FirmwareFacts,
  content: Content,
): Promise<Saved<FirmwareImage>> {
  const repository = firmwareOf(scope);
  const before = await repository.byKey(fileName);
  const image: FirmwareImage = {
    // `as`: the constructors of the ids; vendor and models were found in the catalogue.
    id: before?.id ?? (scope.crypto.id() as FirmwareId),
    ...(isTenantScope(scope) ? { tenant: scope.tenant.id } : {}),
    fileName,
    vendor: facts.vendor as VendorId,
    models: facts.models as readonly ModelId[],
    firmware: facts.version,
    ...(facts.hardware === undefined ? {} : { hardware: facts.hardware }),
    ...(facts.fromVersion === undefined ? {} : { fromVersion: facts.fromVersion }),
    ...content,
  };
  if (before !== undefined && same(unversioned<FirmwareImage>(before), image))
    return { kind: 'unchanged', object: before };
  const written =
    before === undefined ? await repository.create(image) : await repository.replace(image, before.version);
  if (!written.ok) return { kind: 'conflict', error: written.error };
  const kind = before === undefined ? 'created' : 'changed';
  await noteAudit(scope, actor, `firmware.${kind}`, fileName, `${content.size} bytes, sha256 ${content.sha256}`);
  return { kind, object: written.value };
}

/** Removes content that no image of anybody names any more: the same bytes are kept once for all. */
export const dropContent = (store: Store, files: FileStore, sha256: string): Promise<void> =>
  store.transaction(async ({ platform }) => {
    if (!(await platform.contents.isNamed(sha256))) await files.within(platform).remove(sha256);
  });

/** Longer than any upload: what nobody has named by then belongs to a process that died before it could. */
const ABANDONED_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Removes content that was stored for an image which never came to be. */
export async function dropAbandoned(store: Store, files: FileStore, now: Date): Promise<void> {
  const before = new Date(now.getTime() - ABANDONED_MILLISECONDS);
  for (const sha256 of await store.platform.contents.unnamed(before)) await dropContent(store, files, sha256);
}
