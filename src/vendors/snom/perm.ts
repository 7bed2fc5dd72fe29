import type { UserAccess } from '../../domain/resolve/layers.ts';
import type { Param } from '../kit/driver.ts';
import { bareName } from '../kit/text.ts';

/**
 * The permission flag says what the User may do with one parameter. Snom wiki, "Permission Flags": `R` is read-only; `RW` may
 * be changed and is written again by the next provisioning; `!` may be changed and is from then on refused to us.
 *
 * `write` becomes `RW`, never `!`: with `!` a value that a user once touched could neither be changed nor taken back from
 * here, and the wiki warns that passwords written with `!` can never be changed again. An empty flag means `RW` but a single
 * blank means `R`, so the flag is always written in letters.
 */
const PERM = { none: 'R', read: 'R', write: 'RW' } as const satisfies Record<UserAccess, string>;

// With R the phone itself cannot enter the admin mode, not even with the right password (seen in public templates).
const ALWAYS_WRITABLE = /^admin_mode$/;

// Who may change these owns the phone; "Permission Flags" asks for R.
const NEVER_WRITABLE =
  /^(?:http_(?:engineer_)?(?:user|pass)|webserver_admin_(?:name|password)|admin_mode_password(?:_confirm)?|http_client_(?:user|pass))$/;

// What a person sets at the phone all day, where nobody said otherwise: keys for DND and forwards, ringing, language, display.
// setting_server is RW in the maker's samples: the phone keeps what a redirection tells it.
const USERS_OWN =
  /^(?:setting_server|language|web_language|locale|dnd_mode|call_waiting|(?:fwd|redirect)_\w+|user_ringer|dim_timer|screen_saver_timeout|time_24_format|date_us_format|keyboard_lock\w*)$/;

/** The flag of a parameter: what was said for it, else what suits the parameter. */
export function permOf(param: Param): 'R' | 'RW' {
  const element = bareName(param.name).replace(/\[.*$/, '');
  if (ALWAYS_WRITABLE.test(element)) return 'RW';
  if (NEVER_WRITABLE.test(element)) return 'R';
  if (param.access !== undefined) return PERM[param.access];
  return USERS_OWN.test(element) ? 'RW' : 'R';
}
