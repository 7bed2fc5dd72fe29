import type { BootPlan } from '../vendors/kit/driver.ts';

// A simulated phone reads with a reader of its own: what our codecs write wrongly must not be read rightly by the same code.

/** Parameters by name; the last one of a name wins, as on the phones, unless said otherwise. */
export type ReadParams = ReadonlyMap<string, string>;

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescapeXml = (text: string): string =>
  text.replace(/&(#x?[0-9a-f]+|[a-z]+);/gi, (whole, entity: string) => {
    if (!entity.startsWith('#')) return NAMED[entity] ?? whole;
    const code = /^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

/** `name = value`; a file that does not begin with its magic comment is ignored as a whole (Yealink). */
function readIni(text: string): ReadParams {
  const pairs = text
    .split(/\r?\n/)
    .filter((line) => /^[^#\s][^=]*=/.test(line))
    .map((line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()] as const);
  return new Map(pairs);
}

/** `<Tag …>value</Tag>` at any depth; a self-closed element leaves the value alone (Linksys). */
function readElements(text: string): ReadParams {
  return new Map(
    Array.from(text.matchAll(/<([\w.-]+)(?:\s[^<>]*)?>([^<]*)<\/\1>/g), (match) => [
      match[1] ?? '',
      unescapeXml(match[2] ?? '').trim(),
    ]),
  );
}

/** The same, with `idx` as part of the name where there is one: `user_name[1]` (Snom). */
function readIndexed(text: string): ReadParams {
  return new Map(
    Array.from(text.matchAll(/<(\w+)((?:\s+\w+="[^"]*")*)\s*>([^<]*)<\/\1>/g), (match) => {
      const index = /\sidx="(\d+)"/.exec(match[2] ?? '')?.[1];
      return [index === undefined ? (match[1] ?? '') : `${match[1] ?? ''}[${index}]`, unescapeXml(match[3] ?? '')];
    }),
  );
}

/** Dotted attributes of any element; the first of a name wins (Polycom). */
function readAttributes(text: string): ReadParams {
  const read = new Map<string, string>();
  // From the beginning of a name only: else each of its letters would be one, and a long one take seconds.
  for (const match of text.matchAll(/(?<![\w.-])([\w.-]+)="([^"]*)"/g)) {
    const name = match[1] ?? '';
    if (!read.has(name)) read.set(name, unescapeXml(match[2] ?? ''));
  }
  return read;
}

/** `<section name="s"><entry name="k">v</entry></section>` as `s/k` (Linphone). */
function readSections(text: string): ReadParams {
  // One part for each section, so that what does not end is looked through once.
  const parts = text.split('<section ').slice(1);
  return new Map(
    parts.flatMap((part) => {
      const section = /^name="([^"<>]+)"/.exec(part)?.[1];
      const end = part.indexOf('</section>');
      if (section === undefined || end < 0) return [];
      return Array.from(
        part.slice(0, end).matchAll(/<entry name="([^"<>]+)"[^<>]*>([^<]*)<\/entry>/g),
        (entry) => [`${section}/${entry[1] ?? ''}`, unescapeXml(entry[2] ?? '')] as const,
      );
    }),
  );
}

const READERS = {
  ini: readIni,
  xml_elements: readElements,
  xml_settings: readIndexed,
  xml_attributes: readAttributes,
  lpconfig: readSections,
} as const satisfies Record<BootPlan['format'], (text: string) => ReadParams>;

export const readParams = (format: BootPlan['format'], text: string): ReadParams => READERS[format](text);
