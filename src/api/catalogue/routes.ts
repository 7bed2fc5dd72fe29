import { z } from 'zod';
import { driverOf } from '../../app/documents/scope.ts';
import type { VendorDriver } from '../../vendors/kit/driver.ts';
import type { Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problems.ts';

export const shownModel = z
  .object({
    id: z.string(),
    family: z.string(),
    lines: z.int(),
    keys: z.int(),
    memoryKeys: z.int().optional(),
    softKeys: z.int().optional(),
    sidecars: z.object({ types: z.array(z.string()), max: z.int(), keysPerModule: z.int() }).optional(),
    features: z.array(z.string()),
    defaultFirmware: z.string().optional(),
    notes: z.string().optional(),
    /** Figures that no source confirms. */
    unverified: z.array(z.string()).optional(),
  })
  .meta({ id: 'Model' });

export const shownVendor = z
  .object({
    id: z.string(),
    name: z.string(),
    models: z.array(shownModel),
    instructions: z.object({
      factoryReset: z.array(z.string()),
      defaultLogin: z.array(z.object({ models: z.string(), user: z.string(), password: z.string() })),
      enableProvisioning: z.array(z.string()),
      resyncUrl: z.boolean(),
    }),
    resync: z.object({
      events: z.object({
        refetch: z.string(),
        refetchAndReboot: z.string().optional(),
        reboot: z.string().optional(),
      }),
      challengedByDefault: z.boolean(),
      through: z.enum(['registrar', 'anywhere']),
      http: z.boolean(),
      source: z.string(),
    }),
    trusts: z.enum(['public', 'maker_only', 'nobody_checks']),
    userAccess: z.boolean(),
  })
  .meta({ id: 'Vendor' });

function showVendor(driver: VendorDriver): z.output<typeof shownVendor> {
  const { instructions, resync } = driver;
  return {
    id: driver.id,
    name: driver.name,
    models: driver.models.map((model) => shownModel.parse(model)),
    instructions: {
      factoryReset: [...instructions.factoryReset],
      defaultLogin: instructions.defaultLogin.map((login) => ({ ...login })),
      enableProvisioning: [...instructions.enableProvisioning],
      resyncUrl: instructions.resyncUrl !== undefined,
    },
    resync: {
      events: resync.events,
      challengedByDefault: resync.challenge.byDefault,
      through: resync.through,
      http: resync.http !== undefined,
      source: resync.source,
    },
    trusts: driver.trust.trusts,
    userAccess: typeof driver.userAccess !== 'object',
  };
}

/** Makers and models that can be provisioned. */
export function catalogueRoutes(app: Api, deps: ApiDeps): void {
  const tags = ['catalogue'];
  app.get(
    '/catalogue',
    {
      schema: {
        tags,
        summary: 'Makers and their models',
        response: { 200: z.object({ items: z.array(shownVendor) }) },
      },
    },
    () => ({ items: deps.catalogue.vendors.map(showVendor) }),
  );
  app.get(
    '/catalogue/:vendor',
    {
      schema: { tags, summary: 'One maker', params: z.object({ vendor: z.string() }), response: { 200: shownVendor } },
    },
    (request) => {
      const driver = driverOf(deps.catalogue, request.params.vendor);
      if (driver === undefined) throw new Problem('not-found');
      return showVendor(driver);
    },
  );
}
