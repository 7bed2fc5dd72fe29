import type { Codec, FileLine, Param } from '../kit/driver.ts';
import { unwritableInLine } from '../kit/ini.ts';
import { bareName, frame, says } from '../kit/text.ts';
import { escapeAttribute, escapeText, readXml, unwritableInXml } from '../kit/xml.ts';

// seen: linphonec 5.1.65 reads this name space; without it nothing was tried.
const OPEN = '<config xmlns="http://www.linphone.org/xsds/lpconfig.xsd">';

/** `proxy_0/reg_proxy`: the section and the entry in it, as one parameter name. */
const split = (name: string): readonly [section: string, entry: string] => {
  const bare = bareName(name);
  const at = bare.indexOf('/');
  return [bare.slice(0, at), bare.slice(at + 1)];
};

/** Sections in the order in which they are first named; the format wants each of them once. */
function bySection(params: readonly Param[]): ReadonlyMap<string, readonly Param[]> {
  const sections = new Map<string, Param[]>();
  for (const param of params) {
    const [section] = split(param.name);
    const found = sections.get(section);
    if (found === undefined) sections.set(section, [param]);
    else found.push(param);
  }
  return sections;
}

// Without `overwrite` the client keeps the value it has. An empty value removes the entry from the client's own file
// (seen: 5.1.65; an empty `<section overwrite="true">`, in contrast, removes nothing).
const entry = (param: Param): FileLine =>
  says(
    `    <entry name="${escapeAttribute(split(param.name)[1])}" overwrite="true">${escapeText(param.value)}</entry>`,
    param,
  );

/** Linphone's lpconfig XML. */
export const codec: Codec = {
  contentType: () => 'application/xml',
  charset: () => 'utf-8',
  write: (params) => [
    frame('<?xml version="1.0" encoding="UTF-8"?>'),
    frame(OPEN),
    ...Array.from(bySection(params)).flatMap(([section, entries]) => [
      frame(`  <section name="${escapeAttribute(section)}">`),
      ...entries.map(entry),
      frame('  </section>'),
    ]),
    frame('</config>'),
  ],
  read: (text) => {
    const document = readXml(text);
    if (!document.ok) return [];
    return document.value.children.flatMap((section) =>
      section.children.map((child) => ({
        name: `${section.attributes['name'] ?? ''}/${child.attributes['name'] ?? ''}`,
        value: child.text,
      })),
    );
  },
  validName: /^[A-Za-z0-9_-]+\/[A-Za-z0-9_-]+(#\w+)?$/,
  // The client saves what it was given in a file of `key=value` lines, where a line break would begin a new key.
  unwritable: (value) => unwritableInXml(value) ?? unwritableInLine(value),
};
