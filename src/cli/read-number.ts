import { InvalidArgumentError } from 'commander';

/** A reader of whole numbers for commander's options. */
export const numberFrom =
  (least: number, most: number) =>
  (text: string): number => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= least && number <= most))
      throw new InvalidArgumentError(`must be a number from ${least} to ${most}.`);
    return number;
  };
