import type { Codec, FileLine, Param } from '../kit/driver.ts';
import { bareName, frame, says } from '../kit/text.ts';
import { escapeAttribute, escapeText, readXml, unwritableInXml, type XmlElement } from '../kit/xml.ts';
import { permOf } from './perm.ts';

/** Our form of a name: `user_name[1]` is `<user_name idx="1">`, `fkey[0].label` an attribute of `<fkey idx="0">`. */
const NAME = /^(?<element>[A-Za-z]\w*)(?:\[(?<idx>\d{1,4})\])?(?:\.(?<attribute>\w+))?$/;
const VALID_NAME =
  /^(?:fkey\[\d{1,4}\](?:\.(?:context|label|short_label|default_text|lp|clp))?|certificate\.(?:url|base64)|(?!(?:fkey|certificate)(?![A-Za-z0-9_]))[A-Za-z]\w{0,63}(?:\[\d{1,4}\])?)(?:#\w{1,32})?$/;

interface Named {
  readonly element: string;
  readonly idx?: string;
  readonly attribute?: string;
}

function named(param: Param): Named {
  const groups = NAME.exec(bareName(param.name))?.groups ?? {};
  return {
    element: groups['element'] ?? '',
    ...(groups['idx'] === undefined ? {} : { idx: groups['idx'] }),
    ...(groups['attribute'] === undefined ? {} : { attribute: groups['attribute'] }),
  };
}

/** Line ends become references, so that each parameter stays on one line and none is lost to a reader's trimming. */
const text = (value: string): string => escapeText(value).replaceAll('\n', '&#10;');

function settingLine(param: Param): FileLine {
  const { element, idx } = named(param);
  const index = idx === undefined ? '' : ` idx="${idx}"`;
  return says(`    <${element}${index} perm="${permOf(param)}">${text(param.value)}</${element}>`, param);
}

/** One key is one element: what it does is the text, context and label are attributes. */
function keyLine(idx: number, params: readonly Param[]): readonly FileLine[] {
  const value = params.find((param) => named(param).attribute === undefined);
  const bearer = value ?? params[0];
  if (bearer === undefined) return [];
  const attributes = params
    .filter((param) => param !== value)
    .map((param) => ` ${named(param).attribute ?? ''}="${escapeAttribute(param.value)}"`)
    .join('');
  return [
    says(
      `    <fkey idx="${idx}"${attributes} perm="${permOf(bearer)}">${value === undefined ? '' : text(value.value)}</fkey>`,
      bearer,
    ),
  ];
}

function keyLines(params: readonly Param[]): readonly FileLine[] {
  const byIndex = new Map<number, Param[]>();
  for (const param of params) {
    const idx = Number(named(param).idx);
    byIndex.set(idx, [...(byIndex.get(idx) ?? []), param]);
  }
  return Array.from(byIndex)
    .toSorted(([a], [b]) => a - b)
    .flatMap(([idx, ofKey]) => keyLine(idx, ofKey));
}

// Snom wiki, "Desk Phone Configuration Files": <certificate url="…"/>, fetched after all files; newer firmware also takes
// <certificate type="base64"> at once.
const certificateLine = (param: Param): FileLine =>
  named(param).attribute === 'url'
    ? says(`    <certificate url="${escapeAttribute(param.value)}"/>`, param)
    : says(`    <certificate type="base64">${text(param.value)}</certificate>`, param);

const section = (tag: string, lines: readonly FileLine[]): readonly FileLine[] =>
  lines.length === 0 ? [] : [frame(`  <${tag}>`), ...lines, frame(`  </${tag.replace(/ .*$/, '')}>`)];

const belongsTo =
  (element: string) =>
  (param: Param): boolean =>
    named(param).element === element;

function write(params: readonly Param[]): readonly FileLine[] {
  const isKey = belongsTo('fkey');
  const isCertificate = belongsTo('certificate');
  return [
    frame('<?xml version="1.0" encoding="utf-8"?>'),
    frame('<settings>'),
    // First, so that the CA is there before a setting that needs it.
    ...section('certificates', params.filter(isCertificate).map(certificateLine)),
    // e="2": the phone resolves numeric references above 255 too.
    ...section(
      'phone-settings e="2"',
      params.filter((param) => !isKey(param) && !isCertificate(param)).map(settingLine),
    ),
    ...section('functionKeys e="2"', keyLines(params.filter(isKey))),
    frame('</settings>'),
  ];
}

interface NameValue {
  readonly name: string;
  readonly value: string;
}

const nameOf = ({ name, attributes: { idx } }: XmlElement): string => (idx === undefined ? name : `${name}[${idx}]`);

const settingOf = (element: XmlElement): readonly NameValue[] => [{ name: nameOf(element), value: element.text }];

const keyOf = (element: XmlElement): readonly NameValue[] => [
  ...settingOf(element),
  ...Object.entries(element.attributes)
    .filter(([attribute]) => attribute !== 'idx' && attribute !== 'perm')
    .map(([attribute, value]) => ({ name: `${nameOf(element)}.${attribute}`, value })),
];

const certificateOf = ({ attributes: { url }, text: base64 }: XmlElement): readonly NameValue[] => [
  url === undefined ? { name: 'certificate.base64', value: base64 } : { name: 'certificate.url', value: url },
];

const READERS: Readonly<Record<string, (element: XmlElement) => readonly NameValue[]>> = {
  'phone-settings': settingOf,
  functionKeys: keyOf,
  certificates: certificateOf,
};

function read(document: string): readonly NameValue[] {
  const root = readXml(document);
  if (!root.ok) return [];
  return root.value.children.flatMap((part) => {
    const reader = READERS[part.name];
    return reader === undefined ? [] : part.children.flatMap(reader);
  });
}

/** `<settings>` with `<phone-settings>` and `<functionKeys>`, for .xml and .htm alike: the .htm files are XML as well. */
export const codec: Codec = {
  contentType: () => 'text/xml; charset=utf-8',
  charset: () => 'utf-8',
  write,
  read,
  validName: VALID_NAME,
  unwritable: unwritableInXml,
};
