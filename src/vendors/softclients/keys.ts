import type { KeyMapping } from '../kit/driver.ts';
import { byType } from '../kit/keys.ts';

const lacks = { unsupported: 'Linphone is a program without programmable keys; speed dials are contacts of its user' };

export const keys: KeyMapping = {
  set: byType({
    none: lacks,
    line: lacks,
    shared_line: lacks,
    blf: lacks,
    blf_list: lacks,
    speed_dial: lacks,
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
  clear: () => ({}),
};
