import { Buffer } from 'node:buffer';
import type { Base64 } from '../../app/backup/format.ts';

export const BASE64: Base64 = {
  encode: (bytes) => Buffer.from(bytes).toString('base64'),
  decode: (text) => Buffer.from(text, 'base64'),
};
