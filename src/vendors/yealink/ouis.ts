import { oui, type Mac, ouiOf } from '../../domain/mac.ts';

// Seen in DHCP rules and templates of several public projects. 805ec0 and 805e0c differ by two swapped digits; both are real.
export const ouis = [
  '001565',
  '805ec0',
  '805e0c',
  'e434d7',
  '249ad8',
  '3497d7',
  '44dbd2',
  '644f56',
  'b061a9',
  'c4fc22',
  'ec1da9',
  'f01653',
].map(oui);

export const isOurs = (mac: Mac): boolean => ouis.includes(ouiOf(mac));
