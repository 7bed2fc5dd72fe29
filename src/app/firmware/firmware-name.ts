import type { Catalogue } from '../documents/scope.ts';

const SAFE = /^[A-Za-z0-9][A-Za-z0-9._+()-]{0,127}$/;

/** Why a file may not have this name: it is no path and no dot file, and takes no name that phones ask their configuration by. */
export function wrongWithFileName(name: string, catalogue: Catalogue): string | undefined {
  if (!SAFE.test(name) || name.includes('..'))
    return 'must be 1 to 128 letters, digits and . _ + ( ) -, start with a letter or digit and hold no ..';
  const maker = catalogue.vendors.find((driver) =>
    driver.requests.some((route) => route.kind !== 'firmware' && route.kind !== 'absent' && route.match.test(name)),
  );
  return maker === undefined ? undefined : `is a name by which phones of ${maker.name} ask for something else`;
}
