import type { Codec } from '../kit/driver.ts';
import { iniLine, readIni, unwritableInLine } from '../kit/ini.ts';
import { frame } from '../kit/text.ts';

/** `name = value` lines after a fixed first line. */
export const codec: Codec = {
  contentType: () => 'text/plain; charset=utf-8',
  charset: () => 'utf-8',
  write: (params) => [frame('# example configuration'), ...params.map(iniLine)],
  read: readIni,
  validName: /^[a-z][a-z0-9.]*(#\w+)?$/,
  unwritable: unwritableInLine,
};
