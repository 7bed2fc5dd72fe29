import type { Codec } from '../kit/driver.ts';
import { iniLine, readIni, unwritableInLine } from '../kit/ini.ts';
import { bareName, frame, says } from '../kit/text.ts';

// Yealink auto-provisioning guide V81, "Configuration files": without exactly this first line the file is passed over.
const FIRST_LINE = '#!version:1.0.0.1';

// Same guide: an empty value leaves the parameter as it is; this word takes it back to the default. So what is empty here
// is written as this word, and a person's value that reads like it is refused.
const NULL = '%NULL%';

/** `name = value` lines in UTF-8, no escapes: the value runs to the end of its line. */
export const codec: Codec = {
  contentType: (part) => (part === 'directory' ? 'text/xml; charset=utf-8' : 'text/plain; charset=utf-8'),
  charset: () => 'utf-8',
  write: (params) => [
    frame(FIRST_LINE),
    ...params.map((param) => (param.value === '' ? says(`${bareName(param.name)} = ${NULL}`, param) : iniLine(param))),
  ],
  read: (text) => readIni(text).map(({ name, value }) => ({ name, value: value === NULL ? '' : value })),
  validName: /^[A-Za-z]\w*(?:\.\w+)+(?:#\w+)?$/,
  unwritable: (value) =>
    value === NULL ? 'reads %NULL%, with which Yealink phones clear a parameter' : unwritableInLine(value),
};
