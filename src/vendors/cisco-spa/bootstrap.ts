import type { BootstrapContext, MapContext, Params } from '../kit/driver.ts';
import { forEachLine, ofLine } from './mapping/form.ts';
import { inDirectory, OTHER_RULES } from './mapping/provisioning.ts';
import { dialectOf, isAta, isGateway } from './models.ts';

// Without these an SPA3xx/5xx or SPA525 without option 66 goes looking for a call manager and asks for SEP<MAC>.cnf.xml
// instead of its own file (seen). A name that a model does not know it passes over (provisioning guide 3.0).
const SPEAKS_SIP: Params = { 'SPCP_Auto-detect': 'No', Signaling_Protocol: 'SIP' };
const SPA525_SPEAKS_SIP: Params = { 'SPA525-auto-detect-sccp': 'No', 'SPA525-protocol': 'SIP' };

/**
 * The file of a factory phone, `/spa$PSN.cfg`: the same for every MAC, and for every model, for what a factory phone is
 * cannot be known from `init.cfg`. It only names the way to the phone's own file.
 */
export function bootstrap({ secureUrl, trust, caUrl }: BootstrapContext): Params {
  return {
    Provision_Enable: 'Yes',
    ...SPEAKS_SIP,
    ...SPA525_SPEAKS_SIP,
    // ATA 191/192 guide: the URL of a CA in PEM. unverified: on SPA. SPA9xx and old ATAs take no other CA, and pass it over.
    ...(trust === 'install_ca' ? { Custom_CA_RULE: caUrl, Custom_CA_URL: caUrl } : {}),
    Resync_On_Reset: 'Yes',
    Resync_From_SIP: 'Yes',
    // The phone fetches its own file three seconds later; that one writes the real interval (seen in public templates).
    Resync_Periodic: '3',
    // A phone that nobody has claimed yet is refused and asks again after this time, not after an hour.
    Resync_Error_Retry_Delay: '600',
    Profile_Rule: inDirectory(secureUrl),
    ...OTHER_RULES,
  };
}

/** Lines that nobody has are switched off, so that no account of an earlier owner is left on them. */
function unusedLines(ctx: MapContext): Params {
  if (isGateway(ctx.model)) return {};
  const all = Array.from({ length: ctx.model.lines }, (_, index) => index + 1);
  const unused = all.filter((line) => !ctx.lines.includes(line));
  return forEachLine({ lines: unused }, (line) => ({
    [ofLine('Line_Enable', line)]: 'No',
    [ofLine('User_ID', line)]: '',
    [ofLine('Password', line)]: '',
  }));
}

/** Every full configuration: comes back, by itself and when told to, whatever the bootstrap or an earlier owner said. */
export function always(ctx: MapContext): Params {
  const { tags, charset, later } = dialectOf(ctx.model);
  return {
    Provision_Enable: 'Yes',
    ...(later && tags === 'phone' ? SPEAKS_SIP : {}),
    ...(tags === 'spa525' ? SPA525_SPEAKS_SIP : {}),
    ...(isAta(ctx.model) ? {} : { Default_Character_Encoding: charset.toUpperCase() }),
    // provisioning.syncMethods writes its own over these; without it the three seconds of the bootstrap would stay.
    Resync_On_Reset: 'Yes',
    Resync_From_SIP: 'Yes',
    Resync_Periodic: '3600',
    ...OTHER_RULES,
    ...unusedLines(ctx),
  };
}
