import { dhcpClasses, type DhcpClasses } from '../../src/domain/dhcp/classes.ts';
import type { Mac } from '../../src/domain/mac.ts';
import { readWhereabouts, type Said } from '../../src/domain/dhcp/whereabouts.ts';
import { VENDORS } from '../../src/vendors/index.ts';

export const SERVER: Said = { host: 'prov.example.com', address: '192.0.2.10', bootstrapPort: 1445, tftpPort: 69 };

/** Every maker's class, for a server at documentation addresses unless another is said. */
export function everyClass(said: Said = SERVER): DhcpClasses {
  const where = readWhereabouts(said);
  if (!where.ok) throw new Error(where.error.kind);
  const made = dhcpClasses(VENDORS, where.value);
  if (!made.ok) throw new Error(made.error.kind);
  return made.value;
}

/** Option 60 as phones send it, with the class that must match it: every model of every maker. */
export const SENT: readonly { readonly dhcpClass: string; readonly name: string }[] = VENDORS.flatMap((driver) => {
  const classes = driver.models.map((model) =>
    // `as`: a MAC that no test looks at.
    driver.boot.dhcpClass({ model, mac: '000000000001' as Mac, serial: 'CBT141400UK', firmware: '1.0' }),
  );
  return Array.from(new Set(classes))
    .filter((dhcpClass) => dhcpClass !== undefined)
    .map((dhcpClass) => ({ dhcpClass, name: `offhook-${driver.id}` }));
});

/** What else asks a DHCP server, and must match nothing. */
export const STRANGERS: readonly string[] = [
  '',
  'MSFT 5.0',
  'android-dhcp-14',
  'PXEClient:Arch:00007:UNDI:003016',
  'Cisco Systems, Inc. IP Phone CP-7940G',
  'CISCO ATA190',
  'Snom',
  'yealin',
];
