import type { Codec, FileLine, Param, WriteContext } from '../kit/driver.ts';
import { frame, says } from '../kit/text.ts';
import { escapeAttribute, escapeText, readXml, unwritableInXml, type XmlElement } from '../kit/xml.ts';
import { arrange } from './arrange.ts';
import { isUcs } from './dialect.ts';

/** The file with a phone's parameters, as the master names it. */
export const SETTINGS_SUFFIX = '-offhook.cfg';

/** Replaced by the phone with its own MAC in lower case (UCS guides; public templates use it in CONFIG_FILES). */
export const MAC_MACRO = '[PHONE_MAC_ADDRESS]';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';

/** Attributes of APPLICATION, in the order of the shipped file. Parameters by these names go to the master and nowhere else. */
const MASTER_ATTRIBUTES = [
  'APP_FILE_PATH',
  'CONFIG_FILES',
  'MISC_FILES',
  'LOG_FILE_DIRECTORY',
  'OVERRIDES_DIRECTORY',
  'CONTACTS_DIRECTORY',
  'LICENSE_DIRECTORY',
  'USER_PROFILES_DIRECTORY',
  'CALL_LISTS_DIRECTORY',
  'COREFILE_DIRECTORY',
] as const;

// Directories are prefixes of the path asked for; an empty one is the master's own folder. Contacts stay there: the
// directory file is ours, the phone only reads it (dir.local.readonly).
const DIRECTORIES = {
  LOG_FILE_DIRECTORY: 'logs/',
  OVERRIDES_DIRECTORY: 'overrides/',
  CONTACTS_DIRECTORY: '',
  LICENSE_DIRECTORY: '',
};

const isMaster = (name: string): boolean => MASTER_ATTRIBUTES.some((attribute) => attribute === name);

const attribute = (param: Param): FileLine => says(`  ${param.name}="${escapeAttribute(param.value)}"`, param);

/** The master: which files to read, leftmost first; the parameter found first wins. */
function writeMaster(params: readonly Param[], ctx: WriteContext): readonly FileLine[] {
  const fixed: Readonly<Record<string, string>> = {
    CONFIG_FILES: `${ctx.mac ?? MAC_MACRO}${SETTINGS_SUFFIX}`,
    MISC_FILES: '',
    ...DIRECTORIES,
    ...(isUcs(ctx) ? { CALL_LISTS_DIRECTORY: 'calls/' } : {}),
  };
  const given = new Map(params.map((param) => [param.name, param]));
  const lines = MASTER_ATTRIBUTES.map((name): FileLine | undefined => {
    const param = given.get(name);
    if (param !== undefined) return attribute(param);
    const value = fixed[name];
    return value === undefined ? undefined : frame(`  ${name}="${escapeAttribute(value)}"`);
  });
  return [
    frame(DECLARATION),
    frame('<APPLICATION'),
    ...lines.filter((line) => line !== undefined),
    frame('>'),
    frame('</APPLICATION>'),
  ];
}

/**
 * `device.x` is taken only with `device.x.set` beside it (and `device.set`, which every file of ours has). Source: UCS guides;
 * public templates that forget it have no effect there. So it is no parameter of its own: whoever writes `device.x` means it.
 */
const COMPANION = /^device\..+\.set$/;

const needsCompanion = (name: string): boolean =>
  name.startsWith('device.') && name !== 'device.set' && !COMPANION.test(name);

function withCompanion(param: Param, names: ReadonlySet<string>): readonly FileLine[] {
  const companion = `${param.name}.set`;
  return needsCompanion(param.name) && !names.has(companion)
    ? [attribute(param), frame(`  ${companion}="1"`)]
    : [attribute(param)];
}

/** Every parameter is an attribute; the element is decoration, and is called as the generation calls it. */
function writeSettings(params: readonly Param[], ctx: WriteContext): readonly FileLine[] {
  const wanted = arrange(params).filter((param) => !isMaster(param.name) && !param.name.startsWith('directory.'));
  const names = new Set(wanted.map((param) => param.name));
  return [
    frame(DECLARATION),
    frame(isUcs(ctx) ? '<polycomConfig' : '<config'),
    ...wanted.flatMap((param) => withCompanion(param, names)),
    frame('/>'),
  ];
}

/** Children of an item, in the order of the shipped example; what nobody gives is written as "none". */
const ITEM = {
  ln: '',
  fn: '',
  ct: '',
  sd: '',
  lb: undefined,
  pt: undefined,
  rt: '',
  dc: '',
  ad: '0',
  ar: '0',
  bw: '0',
  bb: '0',
};

const DIRECTORY_NAME = /^directory\.(?<index>[1-9]\d{0,3})\.(?<tag>lb|fn|ln|ct|pt|rt|dc|ad|ar|bw|bb)$/;

// A line break in text is legal XML; as a reference it keeps one parameter on one line of our file.
const escapeItem = (value: string): string => escapeText(value).replaceAll('\n', '&#10;');

function writeItem(index: number, given: ReadonlyMap<string, Param>): readonly FileLine[] {
  const children = Object.entries(ITEM).map(([tag, none]): FileLine | undefined => {
    if (tag === 'sd') return frame(`      <sd>${index}</sd>`);
    const param = given.get(`directory.${index}.${tag}`);
    if (param !== undefined) return says(`      <${tag}>${escapeItem(param.value)}</${tag}>`, param);
    return none === undefined ? undefined : frame(`      <${tag}>${none}</${tag}>`);
  });
  return [frame('    <item>'), ...children.filter((line) => line !== undefined), frame('    </item>')];
}

/** Speed dials: `directory.7.ct` is the number of the item with speed dial index 7. */
function writeDirectory(params: readonly Param[]): readonly FileLine[] {
  const given = new Map(params.map((param) => [param.name, param]));
  const indices = params
    .map((param) => DIRECTORY_NAME.exec(param.name)?.groups?.['index'])
    .filter((index) => index !== undefined)
    .map(Number);
  const sorted = Array.from(new Set(indices)).toSorted((a, b) => a - b);
  return [
    frame(DECLARATION),
    frame('<directory>'),
    frame('  <item_list>'),
    ...sorted.flatMap((index) => writeItem(index, given)),
    frame('  </item_list>'),
    frame('</directory>'),
  ];
}

interface Read {
  readonly name: string;
  readonly value: string;
}

const attributesOf = (element: XmlElement): readonly Read[] => [
  ...Object.entries(element.attributes).map(([name, value]) => ({ name, value })),
  ...element.children.flatMap(attributesOf),
];

function itemsOf(element: XmlElement): readonly Read[] {
  if (element.name !== 'item') return element.children.flatMap(itemsOf);
  const index = element.children.find((child) => child.name === 'sd')?.text ?? '';
  return element.children
    .filter((child) => child.name !== 'sd')
    .map((child) => ({ name: `directory.${index}.${child.name}`, value: child.text }));
}

/** XML in three documents: `master`, `settings`, `directory`. */
export const codec: Codec = {
  contentType: () => 'text/xml; charset=utf-8',
  charset: () => 'utf-8',
  write: (params, ctx) => {
    if (ctx.part === 'master') return writeMaster(params, ctx);
    return ctx.part === 'directory' ? writeDirectory(params) : writeSettings(params, ctx);
  },
  read: (text, part) => {
    const root = readXml(text);
    if (!root.ok) return [];
    if (part === 'directory') return itemsOf(root.value);
    return attributesOf(root.value).filter(({ name, value }) => !COMPANION.test(name) || value !== '1');
  },
  // A dotted name; the master's attributes; children of a directory item by their index.
  validName: new RegExp(
    `${DIRECTORY_NAME.source.replace(/\?<\w+>/g, '?:')}|^(?!directory\\.)[A-Za-z]\\w*(?:\\.\\w[\\w-]*)+$|^(?:${MASTER_ATTRIBUTES.join('|')})$`,
  ),
  unwritable: unwritableInXml,
};
