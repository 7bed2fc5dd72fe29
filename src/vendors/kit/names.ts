/**
 * Names of parameters that are put together, as of the number of a line and a name of the maker's, each put together once: a text
 * that is made anew has to be hashed, and looked up among all texts of the process, before it can name anything. Only for what
 * the maker's own code names, which is so much and no more.
 */
export function putTogetherOnce<Key, Made>(putTogether: (key: Key) => Made): (key: Key) => Made {
  const known = new Map<Key, Made>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = putTogether(key);
    known.set(key, made);
    return made;
  };
}
