/** Looks up what objects refer to, each thing once, for as long as this is kept. */
export function namesOf<T>(
  find: (id: string) => Promise<T | undefined>,
  nameOf: (object: T) => string,
): (id: string | undefined) => Promise<string | undefined> {
  const known = new Map<string, Promise<string | undefined>>();
  return (id) => {
    if (id === undefined) return Promise.resolve(undefined);
    const found = known.get(id) ?? find(id).then((object) => (object === undefined ? undefined : nameOf(object)));
    known.set(id, found);
    return found;
  };
}
