import type { Phone } from './phone.ts';

/** By what a device is known again when somebody makes it a phone once more: nobody resets it in between. */
export const identitiesOf = ({ mac, serial, vendor }: Pick<Phone, 'mac' | 'serial' | 'vendor'>): readonly string[] => [
  ...(mac === undefined ? [] : [`mac/${mac}`]),
  ...(serial === undefined ? [] : [`serial/${vendor}/${serial}`]),
];

export const together = (...lists: readonly (readonly string[])[]): readonly string[] =>
  Array.from(new Set(lists.flat())).toSorted();
