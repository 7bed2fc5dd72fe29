/** Numbers below `bound`, the same ones for the same seed (a linear congruence after Numerical Recipes). */
export type Random = (bound: number) => number;

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

/** What parsers of text and of packets stumble over. */
const HOSTILE = [
  '\0',
  '\r\n',
  '%00',
  '%c0%ae',
  '%252e',
  '../',
  '"',
  '\\"',
  '=',
  ',',
  ';',
  '&a;',
  '*a',
  ']]>',
  '<!DOCTYPE x [',
  '__proto__',
  '9'.repeat(40),
  '-1',
  '\ud800',
  '\u2028',
].map((text) => Buffer.from(text));

const splice = (bytes: Buffer, at: number, removed: number, added: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(Math.min(bytes.length, at + removed))]);

type Mutation = (bytes: Buffer, random: Random, seeds: readonly Buffer[]) => Buffer;

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => splice(bytes, random(bytes.length + 1), 1, Buffer.of(random(256))),
  (bytes, random) => splice(bytes, random(bytes.length + 1), random(8), Buffer.alloc(0)),
  (bytes, random) => splice(bytes, random(bytes.length + 1), random(4), HOSTILE[random(HOSTILE.length)] ?? bytes),
  (bytes, random) => {
    const at = random(bytes.length + 1);
    const piece = bytes.subarray(at, at + random(16));
    return splice(bytes, at, 0, Buffer.concat(Array.from({ length: random(64) }, () => piece)));
  },
  // The same piece so often that whoever looks at the rest again for each of them takes long.
  (bytes, random) => {
    const at = random(bytes.length + 1);
    const piece = bytes.subarray(at, at + 1 + random(24));
    return splice(bytes, at, 0, Buffer.concat(Array.from({ length: random(8_000) }, () => piece)));
  },
  (bytes, random, seeds) => {
    const other = seeds[random(seeds.length)] ?? bytes;
    return Buffer.concat([bytes.subarray(0, random(bytes.length + 1)), other.subarray(random(other.length + 1))]);
  },
];

/** One of the seeds, changed in one to eight places. */
export function mutate(seeds: readonly Buffer[], random: Random, maxBytes: number): Buffer {
  let bytes = seeds[random(seeds.length)] ?? Buffer.alloc(0);
  for (let rounds = 1 + random(8); rounds > 0; rounds--)
    bytes = (MUTATIONS[random(MUTATIONS.length)]?.(bytes, random, seeds) ?? bytes).subarray(0, maxBytes);
  return bytes;
}
