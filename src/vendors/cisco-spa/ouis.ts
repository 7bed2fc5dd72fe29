import { oui, ouiOf, type Mac } from '../../domain/mac.ts';

// Seen in provisioning rules and User-Agents of several public projects. Most of these blocks hold Linksys routers too, so
// an OUI alone never makes a phone ours: it only says whose bootstrap a MAC in a file name gets, and no router asks for one.
const LINKSYS_SIPURA = [
  '000e08',
  '000625',
  '00045a',
  '000c41',
  '000f66',
  '001217',
  '001310',
  '0014bf',
  '0016b6',
  '001839',
  '0018f8',
  '001a70',
  '001c10',
  '001d7e',
  '001ee5',
  '002129',
  '00226b',
  '002369',
  '00259c',
  '20aa4b',
  '586d8f',
  '687f74',
];
const CISCO = [
  '002699',
  '503de5',
  '00e16d',
  '00da55',
  '10bd18',
  'd0c789',
  'bc671c',
  'c47295',
  '547c69',
  '701f53',
  // Seen in the User-Agents of an SPA501G and an SPA508G.
  '8843e1',
  '0002fd',
];

export const ouis = [...LINKSYS_SIPURA, ...CISCO].map(oui);

const prefixes = new Set(ouis);
export const isOurs = (mac: Mac): boolean => prefixes.has(ouiOf(mac));
