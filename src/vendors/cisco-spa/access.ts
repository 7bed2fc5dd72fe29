import type { UserAccess } from '../../domain/resolve/layers.ts';
import type { Param } from '../kit/driver.ts';
import { bareName } from '../kit/text.ts';

/** `ua`: the User account's right; Admin is not touched by it. Left out, the phone applies its factory right again. */
const UA = { none: 'na', read: 'ro', write: 'rw' } as const satisfies Record<UserAccess, string>;

// Who reads or changes these owns the phone: Admin's login, and the rules that hold our URL with its token and password. They
// stay Admin's whatever is said for all parameters.
const ADMIN_ONLY = /^(?:Admin_Passw(?:or)?d|IVR_Admin_Passwd|Profile_Rule(?:_[BCD])?)$/;

export const uaOf = (param: Param): string =>
  ADMIN_ONLY.test(bareName(param.name)) ? UA.none : UA[param.access ?? 'none'];
