import type { Mac } from '../../domain/mac.ts';
import type { Outcome, PhoneRequest } from '../serve/outcome.ts';
import { WRONG_CREDENTIALS } from '../serve/prove-password.ts';
import type { Findings } from '../serve/record.ts';

/** What a request says of its sender. */
export type Conduct =
  | { readonly kind: 'proven'; readonly mac: Mac | undefined }
  | { readonly kind: 'harmless' }
  | { readonly kind: 'miss'; readonly what: string; readonly mac: Mac | undefined; readonly password: boolean };

const HARMLESS: Conduct = { kind: 'harmless' };

const GIVEN: readonly Outcome['kind'][] = ['file', 'stored_file', 'not_modified', 'accepted'];

/** What anybody may have, or what a tenant gives at this door for less. */
const FREELY_GIVEN: readonly string[] = ['firmware', 'certificate_authority', 'config', 'upload'];

const isFreelyGiven = ({ choice, admission }: Findings): boolean =>
  FREELY_GIVEN.includes(choice?.kind ?? '') || (admission?.level ?? 0) >= 1;

/** A wrong password, or one that was not looked at. */
const triedPassword = (request: PhoneRequest, outcome: Outcome['kind'], { standing }: Findings): boolean =>
  request.authorization !== undefined &&
  (outcome === 'throttled' || standing?.doubts.includes(WRONG_CREDENTIALS) === true);

/** A token that was tried and is nobody's. */
function wrongToken({ prefix }: PhoneRequest, { standing }: Findings): string | undefined {
  return standing?.deadPrefix === true && prefix.kind !== 'none' ? `token ${prefix.token}` : undefined;
}

/** What was asked for by name; undefined for a file that every phone of a maker asks for, whoever it is. */
function nameAskedFor({ file }: PhoneRequest, { recognised }: Findings): string | undefined {
  const mac = recognised?.identity.mac;
  const kind = recognised?.driver?.requests.find((route) => route.match.test(file))?.kind;
  const isEveryPhones = kind === 'generic' || (kind === 'absent' && mac === undefined);
  return isEveryPhones ? undefined : (mac ?? `file ${file.toLowerCase()}`);
}

/** Who has proven to be this phone, and what became of it. */
function conductOfProven(outcome: Outcome['kind'], { standing }: Findings): Conduct {
  return GIVEN.includes(outcome) ? { kind: 'proven', mac: standing?.known?.phone.mac } : HARMLESS;
}

/** Without proof: was somebody named, and was the answer one for somebody in particular? */
function conductOfStranger(request: PhoneRequest, outcome: Outcome['kind'], findings: Findings): Conduct {
  const mac = findings.recognised?.identity.mac;
  if (triedPassword(request, outcome, findings))
    return { kind: 'miss', what: `password ${request.authorization ?? ''}`, mac, password: true };
  const token = wrongToken(request, findings);
  if (token !== undefined) return { kind: 'miss', what: token, mac, password: false };
  const name = isFreelyGiven(findings) ? undefined : nameAskedFor(request, findings);
  // Who is asked for credentials for a file that names nobody has guessed nothing.
  if (name === undefined || (outcome === 'challenge' && mac === undefined)) return HARMLESS;
  return { kind: 'miss', what: name, mac, password: false };
}

/**
 * A miss is a request below level 1 that names somebody, and one with a wrong proof. Whether the MAC is known makes no
 * difference, nor whether the answer was 404, a bootstrap (or 304 for one) or a challenge; only inside a tenant's own
 * networks, where answers may differ, a known phone's request is none.
 */
export function conductOf(request: PhoneRequest, outcome: Outcome['kind'], findings: Findings): Conduct {
  if (findings.recognised === undefined || outcome === 'unavailable') return HARMLESS;
  return (findings.admission?.level ?? 0) >= 3
    ? conductOfProven(outcome, findings)
    : conductOfStranger(request, outcome, findings);
}
