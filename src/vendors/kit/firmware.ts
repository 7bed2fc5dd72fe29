import { compareFirmware, parseFirmwareVersion, type FirmwareVersion } from '../../domain/firmware-version.ts';

/** Is `version` at least `first`? Beside a parameter: `since(ctx.firmware, '7.5.2') ? newName : oldName`. */
export const since = (version: FirmwareVersion, first: string): boolean =>
  compareFirmware(version, parseFirmwareVersion(first)) >= 0;

/** Is `version` older than `first`? */
export const before = (version: FirmwareVersion, first: string): boolean => !since(version, first);
