import type { Codec, FileLine, Param, WriteContext } from '../kit/driver.ts';
import { bareName, frame, says } from '../kit/text.ts';
import { escapeText, readXml, unwritableInXml, type XmlElement } from '../kit/xml.ts';
import { uaOf } from './access.ts';
import { dialectOf } from './models.ts';

// Linksys SPA provisioning guide 3.0, "XML file format": <flat-profile> with one element per parameter; the name is the
// web page's label with blanks, brackets and slashes as underscores, the line as _n_.

const ROUTER = 'router-configuration';

/** SPA1xx keeps web login, time and network in a subtree: `router-configuration/Time_Setup/Time_Server` names a leaf of it. */
const TAG = '[A-Za-z][\\w.-]{1,79}';
const VALID_NAME = new RegExp(
  `^(?:${ROUTER}(?:/${TAG}){1,4}|(?!(?:flat-profile|${ROUTER})(?:#|$))${TAG})(?:#\\w{1,32})?$`,
  'i',
);

/** In the router's subtree there are no rights, and self-closed is empty (ATA 191/192 provisioning guide, "Nested Structure"). */
function routerLeaf(param: Param, tag: string, depth: number): FileLine {
  const start = `${'  '.repeat(depth)}<${tag}`;
  return says(param.value === '' ? `${start} />` : `${start}>${escapeText(param.value)}</${tag}>`, param);
}

/**
 * An empty value is written open and closed, which sets it; self-closed, `<Tag ua="rw"/>`, leaves the value as the user set
 * it. The two must never be confused.
 */
function leaf(param: Param): FileLine {
  const tag = bareName(param.name);
  const start = `  <${tag} ua="${uaOf(param)}"`;
  return says(param.accessOnly === true ? `${start}/>` : `${start}>${escapeText(param.value)}</${tag}>`, param);
}

const pathOf = (param: Param): readonly string[] => bareName(param.name).split('/');

/** Leaves of the subtree below each other, those of one branch together. */
function branch(params: readonly Param[], depth: number): readonly FileLine[] {
  const tags = Array.from(new Set(params.map((param) => pathOf(param)[depth - 1] ?? '')));
  return tags.flatMap((tag) => {
    const here = params.filter((param) => pathOf(param)[depth - 1] === tag);
    const leaves = here.filter((param) => pathOf(param).length === depth);
    const below = here.filter((param) => pathOf(param).length > depth);
    return [
      ...leaves.map((param) => routerLeaf(param, tag, depth)),
      ...(below.length === 0
        ? []
        : [
            frame(`${'  '.repeat(depth)}<${tag}>`),
            ...branch(below, depth + 1),
            frame(`${'  '.repeat(depth)}</${tag}>`),
          ]),
    ];
  });
}

const LINE_KEY = /^(?:Extension|Short_Name|Share_Call_Appearance|Extended_Function)_(?<key>\d{1,3})_$/;
const keyOf = (param: Param): string | undefined => LINE_KEY.exec(param.name)?.groups?.['key'];

/**
 * Everything else, then keys with a function, then keys of lines. Seen in public templates: function keys go before line
 * keys, because the last one wins where both touch the same key.
 */
function inOrder(params: readonly Param[]): readonly Param[] {
  const functions = new Set(
    params.filter((param) => param.name.startsWith('Extension_') && param.value === 'Disabled').map(keyOf),
  );
  const rank = (param: Param): number => {
    const key = keyOf(param);
    if (key === undefined) return 0;
    return functions.has(key) ? 1 : 2;
  };
  return params.toSorted((a, b) => rank(a) - rank(b) || Number(keyOf(a) ?? 0) - Number(keyOf(b) ?? 0));
}

const charset = ({ model }: WriteContext): 'iso-8859-1' | 'utf-8' => dialectOf(model).charset;

function write(params: readonly Param[], ctx: WriteContext): readonly FileLine[] {
  const isRouter = (param: Param): boolean => pathOf(param).length > 1;
  return [
    frame(`<?xml version="1.0" encoding="${charset(ctx).toUpperCase()}"?>`),
    frame('<flat-profile>'),
    ...inOrder(params.filter((param) => !isRouter(param))).map(leaf),
    ...branch(
      params.filter((param) => isRouter(param) && param.accessOnly !== true),
      1,
    ),
    frame('</flat-profile>'),
  ];
}

interface NameValue {
  readonly name: string;
  readonly value: string;
}

const leavesOf = (element: XmlElement, above: string): readonly NameValue[] =>
  element.children.length === 0
    ? [{ name: above + element.name, value: element.text }]
    : element.children.flatMap((child) => leavesOf(child, `${above}${element.name}/`));

function read(text: string): readonly NameValue[] {
  const root = readXml(text);
  return root.ok ? root.value.children.flatMap((child) => leavesOf(child, '')) : [];
}

export const codec: Codec = {
  contentType: () => 'text/xml',
  charset,
  write,
  read,
  validName: VALID_NAME,
  // "New lines become spaces": what the phone would change on its own is not written.
  unwritable: (value) =>
    /[\r\n]/.test(value) ? 'holds a line break, of which the phone makes a blank' : unwritableInXml(value),
};
