import { rootCertificates } from 'node:tls';
import type { CliWorld } from '../cli/world.ts';
import { bootPhone, resyncPhone, type FactoryPhone } from '../simulate/boot.ts';
import { vendorOf } from '../vendors/index.ts';
import { modelNamed } from '../vendors/kit/driver.ts';

/** Boots one simulated phone for the command line. */
export const simulateOne: CliWorld['simulate'] = async ({ vendor, model, mac, server, trust, certificate }, onStep) => {
  const driver = vendorOf(vendor);
  if (driver === undefined) throw new Error(`no such maker: ${vendor}`);
  const known = modelNamed(driver, model);
  const phone: FactoryPhone = {
    driver,
    model: known,
    mac,
    // A serial number that no real phone has.
    serial: `SIM${mac.slice(-8)}`,
    firmware: known.defaultFirmware ?? '1.0',
    ...(certificate === undefined ? {} : { certificate }),
    ...(trust === 'insecure'
      ? { ignoresCertificate: true as const }
      : { trusts: trust === 'public' ? rootCertificates.join('\n') : trust.pem }),
  };
  const booted = await bootPhone(phone, server, onStep);
  const resync = booted.settled ? await resyncPhone(phone, booted) : new Map<string, number>();
  return {
    settled: booted.settled,
    home: booted.home,
    resync: Array.from(resync.values()),
    ...(booted.reason === undefined ? {} : { reason: booted.reason }),
  };
};
