import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const directoryOf = (name: string): string => fileURLToPath(new URL(`./seeds/${name}`, import.meta.url));

/** What a parser's inputs are made from: what is usual, and (`found-…`) what it once stumbled over. */
export const seedsOf = (name: string): readonly Buffer[] => {
  const directory = directoryOf(name);
  return readdirSync(directory)
    .sort()
    .map((file) => readFileSync(join(directory, file)));
};

/** Keeps an input that a parser stumbled over, so that every later run begins with it. */
export function keepFinding(name: string, input: Buffer): string {
  const file = `found-${createHash('sha256').update(input).digest('hex').slice(0, 16)}`;
  writeFileSync(join(directoryOf(name), file), input);
  return file;
}
