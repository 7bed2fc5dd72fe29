import type { Directory, PhoneRef } from '../../app/ports.ts';
import type { TenantId } from '../../domain/ids.ts';
import { hotText, type Executor } from './session.ts';

/** Over `platform f` and `tenants t`. */
export const SCOPE_FINGERPRINT = "f.tag || '.' || t.tag";

/** Over `platform f`, `tenants t` and `phones p`. */
export const FINGERPRINT = `${SCOPE_FINGERPRINT} || '.' || p.tag`;

const phoneBy = (condition: string) =>
  hotText<PhoneRef>(
    `select p.tenant_id as tenant, p.id as phone, ${FINGERPRINT} as fingerprint
      from phones p join tenants t on t.id = p.tenant_id cross join platform f where ${condition}`,
  );

const BY_MAC = phoneBy('p.mac = ?');
const BY_SERIAL = phoneBy('p.serial_vendor = ? and p.serial = ?');
const BY_TOKEN = phoneBy('p.token_hash = ?');
const TENANT_BY_TOKEN = hotText<{ readonly tenant: TenantId; readonly fingerprint: string }>(
  `select t.id as tenant, ${SCOPE_FINGERPRINT} as fingerprint from tenants t cross join platform f where t.token_hash = ?`,
);

/** One prepared read each. */
export const sqlDirectory = ({ first }: Executor, changes: Directory['changes']): Directory => ({
  changes,
  byMac: (mac) => first(BY_MAC, [mac]),
  bySerial: (vendor, serial) => first(BY_SERIAL, [vendor, serial]),
  byPhoneToken: (hash) => first(BY_TOKEN, [hash]),
  byTenantToken: (hash) => first(TENANT_BY_TOKEN, [hash]),
});
