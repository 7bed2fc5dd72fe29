import type { Line, Phone } from '../../domain/phone.ts';
import type { Entry, SettingEntries } from '../../domain/resolve/layers.ts';
import type { SettingId } from '../../domain/settings/registry.ts';
import type { Actor } from '../access/actor.ts';
import { unversioned } from '../documents/kind.ts';
import { phoneLayer } from '../layers.ts';
import { findPartsOf } from '../documents/phone-references.ts';
import type { Saved } from '../documents/save-document.ts';
import { same } from '../documents/same.ts';
import type { TenantScope } from '../documents/scope.ts';
import { bare } from '../documents/settings-document.ts';
import { layersBelowPhone, lockIssues } from '../documents/weaker-layers.ts';
import type { Versioned } from '../ports.ts';
import { updatePhone } from './update-phone.ts';

const FIRST_PORT = 10_000;
const LAST_PORT = 20_000;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const DRAW_BITS = 40;

/** A number below `count` out of random text; forty bits make the bias of the remainder too small to matter. */
function draw(scope: TenantScope, count: number): number {
  const text = scope.crypto.token(DRAW_BITS);
  let number = 0;
  for (const character of text) number = number * BASE32.length + Math.max(0, BASE32.indexOf(character));
  return number % count;
}

function drawPort(scope: TenantScope, used: ReadonlySet<unknown>): number {
  const port = FIRST_PORT + draw(scope, LAST_PORT - FIRST_PORT + 1);
  return used.has(port) ? drawPort(scope, used) : port;
}

/** The entry with this value; who may see it stays as it was. */
function setTo(settings: SettingEntries, id: SettingId, value: unknown, scope: TenantScope): SettingEntries {
  const before = settings[id];
  const kept = before?.access === undefined ? {} : { access: before.access };
  const entry: Entry = { value, ...kept };
  return before !== undefined && same(bare(before), entry)
    ? settings
    : { ...settings, [id]: { ...entry, by: scope.by, at: scope.at } };
}

const portOf = (line: Line): unknown => {
  const entry = line.settings['line.localSipPort'];
  return entry !== undefined && 'value' in entry ? entry.value : undefined;
};

/** A port of its own for every line; one that was drawn or chosen before stays. */
function withPorts(lines: readonly Line[], scope: TenantScope): readonly Line[] {
  const used = new Set(lines.map(portOf));
  return lines.map((line) => {
    if (portOf(line) !== undefined) return line;
    const port = drawPort(scope, used);
    used.add(port);
    return { ...line, settings: setTo(line.settings, 'line.localSipPort', port, scope) };
  });
}

/**
 * The whole set against ghost calls in one action (S4.65): no direct IP calls, SIP from trusted servers only, and a random
 * local SIP port for every line.
 */
export async function hardenPhone(scope: TenantScope, actor: Actor, before: Versioned<Phone>): Promise<Saved<Phone>> {
  const settings = setTo(
    setTo(before.settings, 'security.directIpCalls', false, scope),
    'security.trustedServersOnly',
    true,
    scope,
  );
  const after: Phone = { ...unversioned<Phone>(before), settings, lines: withPorts(before.lines, scope) };
  const below = await layersBelowPhone(after, await findPartsOf(after, scope), scope);
  const issues = [
    ...lockIssues(before.settings, settings, below, 'phone', ['settings']),
    ...after.lines.flatMap((line, index) =>
      lockIssues(before.lines[index]?.settings ?? {}, line.settings, [...below, phoneLayer(after)], 'line', [
        'lines',
        index,
        'settings',
      ]),
    ),
  ];
  return updatePhone(scope, actor, 'phone.hardened', before, after, issues);
}
