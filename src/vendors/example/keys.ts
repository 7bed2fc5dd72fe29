import type { KeySlot } from '../../domain/key.ts';
import type { KeyMapping, Params } from '../kit/driver.ts';
import { byType } from '../kit/keys.ts';

/** Keys are `key.N.type`, `.line`, `.value`, `.label`; the example maker has own keys only, so a slot is its position. */
const at = (slot: KeySlot, type: string, rest: Params = {}): Params =>
  Object.fromEntries(Object.entries({ type, ...rest }).map(([name, value]) => [`key.${slot.position}.${name}`, value]));

const lacks = { unsupported: 'example guide, "Keys": not on the list of key types' };

export const keys: KeyMapping = {
  set: byType({
    none: (_key, slot) => at(slot, 'none'),
    line: (key, slot) => at(slot, 'line', { line: String(key.line), label: key.label }),
    blf: (key, slot) => at(slot, 'blf', { line: String(key.line), value: key.watch, label: key.label }),
    speed_dial: (key, slot) => at(slot, 'dial', { line: String(key.line), value: key.dial, label: key.label }),
    shared_line: lacks,
    blf_list: lacks,
    intercom: lacks,
    call_park: lacks,
    directed_pickup: lacks,
    group_pickup: lacks,
    voicemail: lacks,
    dtmf: lacks,
    forward: lacks,
    transfer: lacks,
    conference: lacks,
    hold: lacks,
    redial: lacks,
    call_return: lacks,
    dnd: lacks,
    directory: lacks,
    ldap: lacks,
    call_list: lacks,
    menu: lacks,
    record: lacks,
    xml_browser: lacks,
    action_url: lacks,
    multicast_paging: lacks,
  }),
  clear: (slot) => at(slot, 'none'),
};
