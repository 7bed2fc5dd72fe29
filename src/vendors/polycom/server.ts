import type { FirmwareVersion } from '../../domain/firmware-version.ts';
import type { Model } from '../../domain/model.ts';
import type { Params } from '../kit/driver.ts';
import { isUcs } from './dialect.ts';
import { device } from './params.ts';

// device.prov.serverType: numbers in the guides of SIP 3.x, words in later exports; public templates have both.
const SERVER_TYPE = { tftp: ['1', 'TFTP'], http: ['2', 'HTTP'], https: ['3', 'HTTPS'] } as const;

const URL = /^(tftp|https?):\/\/(.*)$/is;

/** device.dhcp.bootSrvUseOpt: the word for UCS, the number for SIP 2.x/3.x. */
const bootServer = (ucs: boolean, mode: 'Default' | 'Static'): Params =>
  device({ 'dhcp.bootSrvUseOpt': ucs ? mode : { Default: '0', Static: '2' }[mode] });

interface Phone {
  readonly model: Model;
  readonly firmware: FirmwareVersion;
}

/**
 * Where the phone fetches from now on: the server without its scheme, the scheme apart. `Static` keeps DHCP from naming
 * another server, and Polycom's own redirect is left alone from now on. undefined for a URL the phone cannot use.
 */
export function serverParams(url: string, phone: Phone): Params | undefined {
  const [, scheme, rest] = URL.exec(url) ?? [];
  if (scheme === undefined || rest === undefined) return undefined;
  const ucs = isUcs(phone);
  // `as`: the pattern lets no other scheme through.
  const [number, word] = SERVER_TYPE[scheme.toLowerCase() as keyof typeof SERVER_TYPE];
  return {
    ...device({ 'prov.serverName': rest, 'prov.serverType': ucs ? word : number }),
    ...bootServer(ucs, 'Static'),
    ...(ucs ? device({ 'prov.ztpEnabled': '0' }) : {}),
  };
}

/** Back to what DHCP says. The server's name stays: without any the phone would be lost where DHCP says nothing. */
export const noServerParams = (phone: Phone): Params => ({
  // The factory mode is "Custom + Option 66"; its word is unverified in UCS, so Option 66 alone is written.
  ...bootServer(isUcs(phone), 'Default'),
  ...(isUcs(phone) ? device({ 'prov.ztpEnabled': '1' }) : {}),
});
