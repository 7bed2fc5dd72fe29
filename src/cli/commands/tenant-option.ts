import { Option } from 'commander';

/** Narrows the search for a phone; needed only where a serial number or name is not unique. */
export const tenantOption = (): Option => new Option('--tenant <name>', 'tenant of the phone (found by itself)');
