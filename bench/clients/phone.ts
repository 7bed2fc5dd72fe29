import type { PhoneAccess } from '../secrets.ts';
import { askOnce, requestText, type HttpAnswer } from './http.ts';

const firmware = '108.86.0.20';

/** As a T46U says who it is. */
export const userAgentOf = ({ mac }: PhoneAccess): string =>
  `Yealink SIP-T46U ${firmware} ${mac.replace(/..(?=.)/g, '$&:')}`;

/** Path of a file under the phone's own token. */
export const pathOf = ({ token }: PhoneAccess, file: string): string => `/tftpboot/p/${token}/${file}`;

/** Its own file, and nobody else's: what else comes ends the benchmark. */
export function requireOwn(phone: PhoneAccess, { status, body }: HttpAnswer): number {
  if (status !== 200) throw new Error(`${phone.mac}: status ${status}`);
  if (!body.includes(phone.line)) throw new Error(`${phone.mac}: the file is not this phone's`);
  return body.length;
}

/** A phone fetches its configuration by its own URL, on a new connection; says how many bytes came. */
export async function fetchOwn(port: number, phone: PhoneAccess): Promise<number> {
  const request = requestText(pathOf(phone, `${phone.mac}.cfg`), { userAgent: userAgentOf(phone) });
  return requireOwn(phone, await askOnce(port, request));
}

/** The yardstick's answer to the same request. */
export const fetchRaw = (port: number, phone: PhoneAccess): Promise<HttpAnswer> =>
  askOnce(port, requestText(pathOf(phone, `${phone.mac}.cfg`), { userAgent: userAgentOf(phone) }));
