import type { z } from 'zod';
import type { shownApplied } from './apply/routes.ts';
import type { shownAudit } from './audit/routes.ts';
import type { shownAuthority } from './authorities/routes.ts';
import type { shownBan, shownStanding } from './bans/schema.ts';
import type { shownModel, shownVendor } from './catalogue/routes.ts';
import type { shownCertificate } from './certificates/routes.ts';
import type { plantedDecoy, shownDecoy } from './decoys/routes.ts';
import type { shownExtension } from './extensions/schema.ts';
import type { shownImage } from './firmware/routes.ts';
import type { shownGroup } from './groups/schema.ts';
import type { shownJournal, shownRecord } from './journal/schema.ts';
import type { shownMe, shownOwnPhone } from './me/schema.ts';
import type { shownMapping } from './mappings/schema.ts';
import type { shownPerson } from './people/schema.ts';
import type { shownImport } from './phones/import-schema.ts';
import type { shownExplanation, shownFiles, shownInstructions, shownPhone, shownUrl } from './phones/schema.ts';
import type { shownResync } from './phones/resync-routes.ts';
import type { shownPlatform } from './platform/routes.ts';
import type { shownProfile } from './profiles/schema.ts';
import type { shownRevocation } from './revocations/routes.ts';
import type { shownMethods } from './sessions/oidc/schema.ts';
import type { shownActor, shownSession } from './sessions/schema.ts';
import type { shownSetting } from './settings/routes.ts';
import type { shownTemplate } from './templates/schema.ts';
import type { shownCredentials, shownTenant } from './tenants/schema.ts';
import type { shownTokens } from './tokens/routes.ts';
import type { shownUser } from './users/routes.ts';

/** What the API answers, for its clients in this repository: the command line and the UI import this file and nothing else. */
export type { ProblemBody, ProblemError } from './problems.ts';
export type { Ready } from './watch/routes.ts';

export type Tenant = z.output<typeof shownTenant>;
export type TenantCredentials = z.output<typeof shownCredentials>;
export type Group = z.output<typeof shownGroup>;
export type Person = z.output<typeof shownPerson>;
export type Extension = z.output<typeof shownExtension>;
export type Profile = z.output<typeof shownProfile>;
export type Template = z.output<typeof shownTemplate>;
export type Mapping = z.output<typeof shownMapping>;
export type Phone = z.output<typeof shownPhone>;
export type PhoneFiles = z.output<typeof shownFiles>;
export type PhoneImport = z.output<typeof shownImport>;
export type Explanation = z.output<typeof shownExplanation>;
export type Instructions = z.output<typeof shownInstructions>;
export type Resync = z.output<typeof shownResync>;
export type Url = z.output<typeof shownUrl>;
export type FirmwareImage = z.output<typeof shownImage>;
export type ServerCertificate = z.output<typeof shownCertificate>;
export type Authority = z.output<typeof shownAuthority>;
export type Revocation = z.output<typeof shownRevocation>;
export type Ban = z.output<typeof shownBan>;
export type AddressStanding = z.output<typeof shownStanding>;
export type Decoy = z.output<typeof shownDecoy>;
export type PlantedDecoy = z.output<typeof plantedDecoy>;
export type Vendor = z.output<typeof shownVendor>;
export type Model = z.output<typeof shownModel>;
export type Setting = z.output<typeof shownSetting>;
export type Platform = z.output<typeof shownPlatform>;
export type TokenList = z.output<typeof shownTokens>;
export type User = z.output<typeof shownUser>;
export type Me = z.output<typeof shownMe>;
export type OwnPhone = z.output<typeof shownOwnPhone>;
export type Actor = z.output<typeof shownActor>;
export type Session = z.output<typeof shownSession>;
export type SignInMethods = z.output<typeof shownMethods>;
export type RequestRecord = z.output<typeof shownRecord>;
export type JournalPage = z.output<typeof shownJournal>;
export type AuditLog = z.output<typeof shownAudit>;
export type Applied = z.output<typeof shownApplied>;

/** One page of a list. */
export interface List<T> {
  readonly items: readonly T[];
  readonly next?: string;
}
