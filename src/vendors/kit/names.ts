/**
 * Names of parameters that are put together of a part, as the number of a line, and a name of the maker's. Each is put together
 * once: a text that is made anew has to be hashed, and looked up among all texts of the process, before it can name anything.
 * Only for what the maker's own code names, which is so much and no more.
 */
export function putTogetherOnce<Part extends string | number>(
  putTogether: (part: Part, name: string) => string,
): (part: Part, name: string) => string {
  const known = new Map<Part, Map<string, string>>();
  return (part, name) => {
    let ofPart = known.get(part);
    if (ofPart === undefined) {
      ofPart = new Map();
      known.set(part, ofPart);
    }
    let whole = ofPart.get(name);
    if (whole === undefined) {
      whole = putTogether(part, name);
      ofPart.set(name, whole);
    }
    return whole;
  };
}
