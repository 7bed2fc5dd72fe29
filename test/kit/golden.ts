import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { VendorDriver } from '../../src/vendors/kit/driver.ts';
import { renderPhone, type NeutralPhone } from './render-input.ts';

/** A golden's own file names: which part of the configuration goes into which extension. */
interface Golden extends NeutralPhone {
  /** part → extension of the expected file; `{ "settings": "cfg" }`. */
  readonly files: Readonly<Record<string, string>>;
}

const updating = process.env['UPDATE_GOLDEN'] === '1';

/** Exactly these bytes, or `npm run golden` writes them anew. */
export function compareGolden(path: URL, actual: string | Uint8Array): void {
  const bytes = Buffer.from(actual);
  if (updating) writeFileSync(path, bytes);
  expect(existsSync(path), `${path.pathname} is missing: npm run golden writes it, the diff is the review`).toBe(true);
  expect(bytes.toString('latin1')).toBe(readFileSync(path).toString('latin1'));
}

/** One test per `golden/*.json`: the neutral phone goes in, exactly the bytes beside it come out, and its gaps. */
export function goldenTests(driver: VendorDriver, folder: URL): void {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.replace(/\.json$/, ''));
  test(`${driver.id} has golden files`, () => {
    expect(names.length).toBeGreaterThan(0);
  });
  test.each(names)(`${driver.id} golden %s`, (name) => {
    const phone = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Golden;
    const gaps = renderPhone(driver, phone).gaps.map(
      (gap) =>
        `${gap.wanted}${gap.line === undefined ? '' : ` (line ${String(gap.line)})`}: ${gap.reason} [${gap.state}]\n`,
    );
    compareGolden(new URL(`${name}.gaps`, folder), gaps.join(''));
    for (const [part, extension] of Object.entries(phone.files))
      compareGolden(new URL(`${name}.${extension}`, folder), renderPhone(driver, phone, part).bytes);
  });
}
