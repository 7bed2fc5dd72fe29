import { SETTING_IDS, type SettingId } from '../../domain/settings/registry.ts';
import { cannot, type MapContext, type Mapping, type Params, type Partly } from '../kit/driver.ts';
import { dectMapping, NOT_FOR_DECT } from './mapping/dect.ts';
import { featuresMapping } from './mapping/features.ts';
import { lineMapping } from './mapping/line.ts';
import { networkMapping } from './mapping/network.ts';
import { provisioningMapping } from './mapping/provisioning.ts';
import { securityMapping } from './mapping/security.ts';
import { loggingMapping, servicesMapping } from './mapping/services.ts';
import { timeMapping, uiMapping } from './mapping/time-ui.ts';
import { dialectOf } from './models.ts';

/** The desk phones' dialect, which most of the brand speaks. */
const deskMapping: Mapping = {
  ...lineMapping,
  ...networkMapping,
  ...timeMapping,
  ...uiMapping,
  ...securityMapping,
  ...provisioningMapping,
  ...servicesMapping,
  ...loggingMapping,
  ...featuresMapping,
};

const NOT_FOR_OTHERS =
  'this model is not known to read the XML of the desk phones, so nothing is sent that may never be read';

/** An entry with its id's exact types given up, so that one function can join the entries of all ids. */
type AnyMapper = (value: never, ctx: MapContext) => Params | Partly;
type AnyEntry =
  | AnyMapper
  | { readonly set: AnyMapper; readonly clear: (ctx: MapContext) => Params }
  | { readonly partOf: SettingId }
  | { readonly unsupported: string }
  | { readonly notMapped: string };

/** An entry of any state as a function, for a brand whose dialects differ in state as well. */
function asMapper(entry: AnyEntry | undefined, otherwise: string): AnyMapper {
  if (entry === undefined) return () => cannot(otherwise);
  if (typeof entry === 'function') return entry;
  if ('set' in entry) return entry.set;
  if ('partOf' in entry) {
    const { partOf } = entry;
    return (_value, ctx) =>
      ctx.get(partOf) === undefined ? cannot(`is written together with ${partOf}, which is not set`) : {};
  }
  const reason = 'unsupported' in entry ? entry.unsupported : entry.notMapped;
  return () => cannot(reason);
}

const clearOf = (entry: AnyEntry | undefined): ((ctx: MapContext) => Params) | undefined =>
  typeof entry === 'object' && 'clear' in entry ? entry.clear : undefined;

/** One entry for both dialects: which one holds is a matter of the model. */
function combined(desk: AnyEntry | undefined, dect: AnyEntry | undefined): AnyEntry {
  if (dect === undefined && typeof desk === 'object' && ('unsupported' in desk || 'notMapped' in desk)) return desk;
  const mappers = {
    desk: asMapper(desk, 'no mapping for Snom yet'),
    dect: asMapper(dect, NOT_FOR_DECT),
    other: () => cannot(NOT_FOR_OTHERS),
  };
  const clears = { desk: clearOf(desk), dect: clearOf(dect), other: undefined };
  const set: AnyMapper = (value, ctx) => mappers[dialectOf(ctx.model)](value, ctx);
  if (clears.desk === undefined && clears.dect === undefined) return set;
  return { set, clear: (ctx) => clears[dialectOf(ctx.model)]?.(ctx) ?? {} };
}

/** Every neutral setting in Snom's words, desk phones and DECT bases together. */
// `as`: each id's entry is made of that id's own two, which are checked against its type where they are written.
export const mapping = Object.fromEntries(
  SETTING_IDS.map((id) => [id, combined(deskMapping[id], dectMapping[id])]),
) as Mapping;
