import type { ServerTrust } from '../../domain/settings/security.ts';
import type { BootstrapContext, Params } from '../kit/driver.ts';
import { staticName } from './generation.ts';

// Yealink security guides: trust_certificates 1 checks the server (the default), 0 takes any certificate; ca_cert 2
// adds own CAs to the built-in list. The CA itself has to come over the plain port, as this file does.
const TRUST = {
  check: () => ({}),
  install_ca: (caUrl: string): Params => ({
    'trusted_certificates.url': caUrl,
    'security.ca_cert': '2',
    'security.trust_certificates': '1',
  }),
  off: () => ({ 'security.trust_certificates': '0' }),
} as const satisfies Record<ServerTrust, (caUrl: string) => Params>;

/**
 * The step from the plain port to the secure one. It is the same for every phone and model: who asks has not proven
 * anything, and its firmware is a guess, so every name stands in both spellings (V81 and later with `static.`, before that
 * without); a name that a phone does not know it passes over.
 */
export function bootstrap({ secureUrl, trust, caUrl }: BootstrapContext): Params {
  const device: Params = {
    'auto_provision.server.url': secureUrl,
    'auto_provision.power_on': '1',
    'auto_provision.repeat.enable': '1',
    // No source says that a phone fetches again by itself when the URL has changed; a day, the default, would be too long.
    'auto_provision.repeat.minutes': '10',
    // DHCP and PnP come before the stored URL at every start, so they would lead the phone back here.
    'auto_provision.pnp_enable': '0',
    'auto_provision.dhcp_option.enable': '0',
    ...TRUST[trust](caUrl),
  };
  const withPrefix: Record<string, string> = {};
  for (const [name, value] of Object.entries(device)) withPrefix[staticName(name)] = value;
  return Object.assign(withPrefix, device, {
    // V70 to V73 call power_on so.
    'auto_provision.mode': '1',
    // The default restarts the phone at every check-sync.
    'sip.notify_reboot_enable': '0',
  });
}
