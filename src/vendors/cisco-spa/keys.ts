import type { Key, KeySlot } from '../../domain/key.ts';
import type { Model } from '../../domain/model.ts';
import { cannot, partly, type KeyMapping, type MapContext, type Params, type Partly } from '../kit/driver.ts';
import { byType, moduleSlots, slotsOf } from '../kit/keys.ts';
import { ofLine } from './mapping/form.ts';
import { hasPaging, pagingNumber } from './mapping/services.ts';
import { takesBlfList } from './models.ts';

// Source: SPA300/500 and SPA9x2 administrator guides, "Line Key" and "Attendant Console"; function strings as seen in public
// templates: `fnc=f1+f2;token=value;…`.

/** Keys of the phone itself, then those of the modules attached. */
export const slots = (model: Model, modules: number): readonly KeySlot[] => [
  ...slotsOf('key', model.keys),
  ...moduleSlots(Math.min(modules, model.sidecars?.max ?? 0), model.sidecars?.keysPerModule ?? 0),
];

// In a function string `;` divides tokens, `=` name and value, `+` functions, `$` begins a macro.

/** Whom a key calls or watches: a `+` may only lead an international number. Anything else could become a token. */
const TARGET = /^\+?[0-9A-Za-z*#._-]{1,128}(?:@[0-9A-Za-z.-]{1,253}(?::\d{1,5})?)?$/;

/** A label that says just itself; others stay off the function string, or lose what has a meaning there. */
const isPlain = (label: string): boolean => !/[;=+$\p{Cc}\u2028\u2029]/u.test(label);
const plainLabel = (label: string): string => label.replace(/[;=+$\p{Cc}\u2028\u2029]/gu, ' ').trim();

/** `$PROXY` is the server of the line that the key uses. */
const atProxy = (target: string): string => (target.includes('@') ? target : `${target}@$PROXY`);

/** Which line a function uses; 1 unless said. */
const usesLine = (line: number): string => (line === 1 ? '' : `;vid=${line}`);

interface KeyFunction {
  /** `fnc=sd;ext=…`, without label. */
  readonly script: string;
  readonly label: string;
  /** Parameters of the phone that the function needs. */
  readonly needs?: Params;
}

/** SPA932, SPA500S and SPA500DS: `Unit_1_Key_5`, without a trailing underscore, and the unit switched on. */
function moduleKey(slot: Extract<KeySlot, { readonly kind: 'module' }>, wanted: KeyFunction): Params | Partly {
  const label = plainLabel(wanted.label);
  const params = {
    ...wanted.needs,
    [`Unit_${slot.module}_Enable`]: 'Yes',
    [`Unit_${slot.module}_Key_${slot.position}`]: `${wanted.script}${label === '' ? '' : `;nme=${label}`}`,
  };
  return isPlain(wanted.label)
    ? params
    : partly(
        params,
        `SPA guides, "Attendant Console": ; = + and $ have a meaning in a key, so its label is "${label}"`,
      );
}

/** A function is heeded only where Extension is Disabled; Short_Name carries the label whatever it holds. */
const ownKey = (position: number, wanted: KeyFunction): Params => ({
  ...wanted.needs,
  [ofLine('Extension', position)]: 'Disabled',
  [ofLine('Short_Name', position)]: wanted.label,
  [ofLine('Share_Call_Appearance', position)]: 'private',
  [ofLine('Extended_Function', position)]:
    wanted.label !== '' && isPlain(wanted.label) ? `${wanted.script};nme=${wanted.label}` : wanted.script,
});

const write = (slot: KeySlot, wanted: KeyFunction): Params | Partly =>
  slot.kind === 'module' ? moduleKey(slot, wanted) : ownKey(slot.position, wanted);

const badTarget = (target: string): Partly =>
  cannot(
    `SPA guides, "Extended Function": ${JSON.stringify(target)} cannot stand in a key, where ; = + and $ have a meaning of their own`,
  );

/** The PBX must be one that the phone knows by name, or it takes no dialog states (RFC 4235). Seen in public templates. */
// unverified: that Server_Type governs the phone's own keys as well as the modules'.
const WATCHES: Params = { Server_Type: 'Asterisk' };

function dials(slot: KeySlot, line: number, target: string, label: string): Params | Partly {
  return TARGET.test(target)
    ? write(slot, { script: `fnc=sd;ext=${atProxy(target)}${usesLine(line)}`, label })
    : badTarget(target);
}

function watches(slot: KeySlot, line: number, target: string, label: string): Params | Partly {
  return TARGET.test(target)
    ? write(slot, { script: `fnc=sd+blf+cp;sub=${atProxy(target)}${usesLine(line)}`, label, needs: WATCHES })
    : badTarget(target);
}

const ONE_CODE =
  'SPA guides, "Attendant Console Call Pickup Code": one code for the whole phone (features.pickupCode), none of a key’s own';

function blf(key: Extract<Key, { readonly type: 'blf' }>, slot: KeySlot, ctx: MapContext): Params | Partly {
  const written = watches(slot, key.line, key.watch, key.label);
  if (key.pickupCode === undefined || key.pickupCode === ctx.get('features.pickupCode')) return written;
  return 'partly' in written ? written : partly(written, ONE_CODE);
}

/** A trailing # of the code marks where the number goes (unverified), so it is not dialled. */
function pickup(
  key: Extract<Key, { readonly type: 'directed_pickup' }>,
  slot: KeySlot,
  ctx: MapContext,
): Params | Partly {
  const code = ctx.get('features.pickupCode');
  return code === undefined
    ? cannot('needs features.pickupCode, which is dialled before the number')
    : dials(slot, key.line, `${code.replace(/#$/, '')}${key.dial}`, key.label);
}

/** The label of the key, else of its line, else the user of the line, which the phone puts in by itself. */
const lineLabel = (label: string, line: number, ctx: MapContext): string =>
  label === '' ? (ctx.get('line.label', line) ?? '$USER') : label;

function lineKey(
  slot: KeySlot,
  line: number,
  label: string,
  shared: 'shared' | 'private',
  ctx: MapContext,
): Params | Partly {
  if (slot.kind === 'module') return cannot('SPA guides, "Attendant Console": module keys have functions, no lines');
  return {
    [ofLine('Extension', slot.position)]: String(line),
    [ofLine('Short_Name', slot.position)]: lineLabel(label, line, ctx),
    [ofLine('Share_Call_Appearance', slot.position)]: shared,
    [ofLine('Extended_Function', slot.position)]: '',
  };
}

function voicemail(key: Extract<Key, { readonly type: 'voicemail' }>, slot: KeySlot, ctx: MapContext): Params | Partly {
  const number = ctx.get('line.voicemailNumber', key.line);
  return number === undefined
    ? cannot(`a voicemail key dials line.voicemailNumber, which is not set for line ${key.line}`)
    : dials(slot, key.line, number, key.label);
}

/** The group is called by the number that Group_Paging_Script gives it. */
function paging(
  key: Extract<Key, { readonly type: 'multicast_paging' }>,
  slot: KeySlot,
  ctx: MapContext,
): Params | Partly {
  if (!hasPaging(ctx)) return cannot(`Group_Paging_Script came with SPA300/500; ${ctx.model.id} has none`);
  const groups = ctx.get('services.multicastListen') ?? [];
  const index = groups.findIndex(({ address, port }) => `${address}:${port}` === key.address);
  return index < 0 || index > 4
    ? cannot(`a paging key dials a group of services.multicastListen; ${key.address} is not among the first five`)
    : write(slot, { script: `fnc=sd;ext=${pagingNumber(index)}@$PROXY`, label: key.label });
}

function xmlPage(url: string, label: string, slot: KeySlot): Params | Partly {
  return /[;\s]/.test(url)
    ? cannot('SPA guides, "Extended Function": a URL with ; or a blank would end there')
    : write(slot, { script: `fnc=xml;url=${url}`, label });
}

const softKeyOnly = (name: string) => ({
  unsupported: `SPA guides, "Extended Function": no function of a key; the phone has it as soft key ${name}`,
});

const noCode = {
  unsupported: 'SPA guides and public templates, "Extended Function": no function of a key is known for it',
};

/** Without a function: the key is dark and does nothing. */
const empty = (slot: KeySlot): Params =>
  slot.kind === 'module'
    ? { [`Unit_${slot.module}_Key_${slot.position}`]: '' }
    : {
        [ofLine('Extension', slot.position)]: 'Disabled',
        [ofLine('Short_Name', slot.position)]: '',
        [ofLine('Share_Call_Appearance', slot.position)]: 'private',
        [ofLine('Extended_Function', slot.position)]: '',
      };

export const keys: KeyMapping = {
  set: byType({
    none: (_key, slot) => empty(slot),
    line: (key, slot, ctx) => lineKey(slot, key.line, key.label, 'private', ctx),
    shared_line: (key, slot, ctx) => lineKey(slot, key.line, key.label, 'shared', ctx),
    blf,
    // unverified: `usr=` of a key on SPA50x.
    blf_list: (_key, _slot, ctx) =>
      cannot(
        takesBlfList(ctx.model)
          ? 'public templates: SPA525G2 fills its keys from BLF_List_URI by itself; no key of its own'
          : `no source confirms a list key on ${ctx.model.id}`,
      ),
    speed_dial: (key, slot) => dials(slot, key.line, key.dial, key.label),
    // The PBX's own prefix is part of the number.
    intercom: (key, slot) => dials(slot, key.line, key.dial, key.label),
    call_park: (key, slot) => watches(slot, key.line, key.slot, key.label),
    directed_pickup: pickup,
    group_pickup: (key, slot) => dials(slot, key.line, key.code, key.label),
    voicemail,
    dtmf: { unsupported: 'SPA guides, "Extended Function": no function sends digits during a call' },
    forward: softKeyOnly('cfwd'),
    transfer: softKeyOnly('xfer or bxfer'),
    conference: softKeyOnly('conf'),
    hold: noCode,
    redial: noCode,
    call_return: noCode,
    dnd: softKeyOnly('dnd'),
    directory: softKeyOnly('dir'),
    ldap: softKeyOnly('dir'),
    call_list: noCode,
    menu: { unsupported: 'SPA guides, "Extended Function": the menu has a hard key, no function' },
    record: { unsupported: 'SPA guides, "Extended Function": no function records a call' },
    xml_browser: (key, slot) => xmlPage(key.url, key.label, slot),
    action_url: { unsupported: 'SPA guides, "Extended Function": xml opens a page; no key calls a URL unseen' },
    multicast_paging: paging,
  }),
  // Key n is line n's, as from the factory.
  clear: (slot) =>
    slot.kind === 'module'
      ? empty(slot)
      : {
          [ofLine('Extension', slot.position)]: String(slot.position),
          [ofLine('Short_Name', slot.position)]: '$USER',
          [ofLine('Share_Call_Appearance', slot.position)]: 'private',
          [ofLine('Extended_Function', slot.position)]: '',
        },
};
