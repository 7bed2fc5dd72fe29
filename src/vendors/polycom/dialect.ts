import { parseFirmwareVersion, type FirmwareVersion } from '../../domain/firmware-version.ts';
import type { Model } from '../../domain/model.ts';
import { since } from '../kit/firmware.ts';
import { traitsOf } from './models.ts';

/** What a mapper, the codec and the bootstrap all know of a phone. */
interface Phone {
  readonly model: Model;
  readonly firmware: FirmwareVersion;
}

/** A firmware that nobody has told yet counts as the model's usual one. */
const firmwareOf = ({ model, firmware }: Phone): FirmwareVersion =>
  firmware.parts.length > 0 ? firmware : parseFirmwareVersion(model.defaultFirmware ?? '');

/**
 * Two generations of parameter files. Source: SIP 3.1 and UCS 4 guides, and public templates of both. SIP 2.x/3.x numbers
 * features and ring classes; UCS names them. UCS begins with 3.3 (321, 331, 335…), but the 3.3 of IP 320 and 330 is SIP 3.3.
 * It goes by the firmware: IP 321 to 670 exist with both.
 */
export const isUcs = (phone: Phone): boolean => since(firmwareOf(phone), traitsOf(phone.model).sip33 ? '4.0' : '3.3');

/** Is it UCS, and at least this release? */
export const ucsSince = (phone: Phone, first: string): boolean => isUcs(phone) && since(firmwareOf(phone), first);

/** At least this release, whatever the generation. */
export const releaseSince = (phone: Phone, first: string): boolean => since(firmwareOf(phone), first);

/** Keys are placed one by one (`lineKey.*`): UCS 4.1 guide for VVX, public template for Edge E. */
export const hasFlexibleKeys = (phone: Phone): boolean => traitsOf(phone.model).flexibleKeys && ucsSince(phone, '4.1');
