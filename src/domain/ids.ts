import type { Brand } from './brand.ts';

/** Ids are random text made by the store's caller; only their kind matters to the code. */
export type TenantId = Brand<string, 'TenantId'>;
export type GroupId = Brand<string, 'GroupId'>;
export type PersonId = Brand<string, 'PersonId'>;
export type ExtensionId = Brand<string, 'ExtensionId'>;
export type PhoneId = Brand<string, 'PhoneId'>;
export type TemplateId = Brand<string, 'TemplateId'>;
export type ProfileId = Brand<string, 'ProfileId'>;
export type MappingId = Brand<string, 'MappingId'>;
export type FirmwareId = Brand<string, 'FirmwareId'>;

/** A maker's folder name under `src/vendors/`: `yealink`. */
export type VendorId = Brand<string, 'VendorId'>;

/** What is printed on the phone's label: `T46U`. Unique within its vendor. */
export type ModelId = Brand<string, 'ModelId'>;
