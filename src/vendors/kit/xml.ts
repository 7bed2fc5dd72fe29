import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { err, ok, type Result } from '../../domain/result.ts';

const ENTITY: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/** For text between tags. `>` is escaped too, so that `]]>` never stands there (XML 1.0 §2.4). */
export const escapeText = (text: string): string =>
  text.replace(/[&<>\r]/g, (character) => ENTITY[character] ?? character);

/** For a value in double quotes; line ends and tabs are references, or the reader would make blanks of them (XML 1.0 §3.3.3). */
export const escapeAttribute = (text: string): string =>
  text.replace(/[&<>"\n\r\t]/g, (character) => ENTITY[character] ?? character);

// Everything that XML 1.0 §2.2 does not count as a character, lone surrogates included.
const NOT_XML = /[^\u0009\u000a\u000d\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Why XML cannot carry the value: it has no form for control characters, not even an escaped one. */
export const unwritableInXml = (value: string): string | undefined =>
  NOT_XML.test(value) ? 'holds a control character, which XML cannot carry' : undefined;

/** One element with its attributes, text and children in order. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

// preserveOrder gives each node as { tagName: children[], ':@': attributes } or { '#text': string }.
type RawNode = Readonly<Record<string, unknown>>;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
  // No DTD entity is ever expanded; the five of XML itself and character references are resolved below.
  processEntities: false,
});

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const resolveReferences = (text: string): string =>
  text.replace(
    /&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]+));/gi,
    (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
      if (name !== undefined) return NAMED[name] ?? whole;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );

function toElement(node: RawNode): XmlElement | undefined {
  const name = Object.keys(node).find((key) => key !== ':@');
  if (name === undefined || name.startsWith('#') || name.startsWith('?')) return undefined;
  // `as`: the parser's own types say `any` for preserveOrder.
  const children = node[name] as readonly RawNode[];
  const attributes = (node[':@'] ?? {}) as Readonly<Record<string, string>>;
  return {
    name,
    attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, resolveReferences(value)])),
    text: resolveReferences(
      children.map((child) => (typeof child['#text'] === 'string' ? child['#text'] : '')).join(''),
    ),
    children: children.map(toElement).filter((element) => element !== undefined),
  };
}

/** The parser throws over some texts that the validator lets through, as an instruction `<?xml` that does not end. */
function parseRoot(text: string): XmlElement | undefined {
  try {
    return (parser.parse(text) as readonly RawNode[]).map(toElement).find((element) => element !== undefined);
  } catch {
    return undefined;
  }
}

/** Reads one document. Entities of a DTD are not expanded; a document that declares one is refused. */
export function readXml(text: string): Result<XmlElement, { readonly kind: 'not_xml'; readonly reason: string }> {
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) return err({ kind: 'not_xml', reason: 'declares a document type' });
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is another package; this one still comes with the parser
  const valid = XMLValidator.validate(text);
  if (valid !== true) return err({ kind: 'not_xml', reason: valid.err.msg });
  const root = parseRoot(text);
  return root === undefined ? err({ kind: 'not_xml', reason: 'has no element' }) : ok(root);
}
