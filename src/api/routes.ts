import type { Api } from './api.ts';
import type { ApiDeps } from './deps.ts';
import { applyRoutes } from './apply/routes.ts';
import { auditRoutes } from './audit/routes.ts';
import { authorityRoutes } from './authorities/routes.ts';
import { backupRoutes } from './backup/routes.ts';
import { banRoutes } from './bans/routes.ts';
import { catalogueRoutes } from './catalogue/routes.ts';
import { certificateRoutes } from './certificates/routes.ts';
import { decoyRoutes } from './decoys/routes.ts';
import { exportRoutes } from './exports/routes.ts';
import { extensionRoutes } from './extensions/routes.ts';
import { firmwareRoutes } from './firmware/routes.ts';
import { groupRoutes } from './groups/routes.ts';
import { journalRoutes } from './journal/routes.ts';
import { mappingRoutes } from './mappings/routes.ts';
import { meRoutes } from './me/routes.ts';
import { peopleRoutes } from './people/routes.ts';
import { phoneRoutes } from './phones/routes.ts';
import { platformRoutes } from './platform/routes.ts';
import { profileRoutes } from './profiles/routes.ts';
import { revocationRoutes } from './revocations/routes.ts';
import { oidcRoutes } from './sessions/oidc/routes.ts';
import { sessionRoutes } from './sessions/routes.ts';
import { settingRoutes } from './settings/routes.ts';
import { templateRoutes } from './templates/routes.ts';
import { tenantRoutes } from './tenants/routes.ts';
import { tokenRoutes } from './tokens/routes.ts';
import { userRoutes } from './users/routes.ts';
import { tenantUserRoutes } from './users/tenant-routes.ts';

/** Every resource, one line each. */
export const RESOURCES: readonly ((app: Api, deps: ApiDeps) => void)[] = [
  sessionRoutes,
  oidcRoutes,
  tokenRoutes,
  userRoutes,
  tenantUserRoutes,
  meRoutes,
  platformRoutes,
  tenantRoutes,
  groupRoutes,
  peopleRoutes,
  extensionRoutes,
  profileRoutes,
  templateRoutes,
  mappingRoutes,
  phoneRoutes,
  exportRoutes,
  firmwareRoutes,
  certificateRoutes,
  authorityRoutes,
  revocationRoutes,
  banRoutes,
  decoyRoutes,
  catalogueRoutes,
  settingRoutes,
  journalRoutes,
  auditRoutes,
  applyRoutes,
  backupRoutes,
];
