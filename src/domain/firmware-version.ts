/** The numbers of a firmware version in order, with what follows a number kept to tell `7.5.2b` from `7.5.2`. */
export interface FirmwareVersion {
  readonly text: string;
  readonly parts: readonly (readonly [number, string])[];
}

const readVersion = (text: string): FirmwareVersion => ({
  text,
  parts: Array.from(
    text.slice(0, 64).matchAll(/(\d{1,9})([A-Za-z]?|\([a-z0-9]+\))?/gi),
    (match) => [Number(match[1]), (match[2] ?? '').replace(/[()]/g, '').toLowerCase()] as const,
  ),
});

// A hundred thousand phones have a few dozen versions among them. What strangers invent cannot make this grow.
const MAX_KNOWN = 500;
const LONGEST_KNOWN = 64;
const known = new Map<string, FirmwareVersion>();

/** Reads what makers print: `108.86.0.20`, `10.1.33.33`, `5.9.6.2327`, `6.1.5(a)`, `7.4.8a`. Never fails: text without a number has no parts. */
export function parseFirmwareVersion(text: string): FirmwareVersion {
  const before = known.get(text);
  if (before !== undefined) return before;
  const version = readVersion(text);
  if (known.size < MAX_KNOWN && text.length <= LONGEST_KNOWN) known.set(text, version);
  return version;
}

/** Negative when `a` is older than `b`; a missing part counts as 0. */
export function compareFirmware(a: FirmwareVersion, b: FirmwareVersion): number {
  const length = Math.max(a.parts.length, b.parts.length);
  for (let i = 0; i < length; i++) {
    const [numberA, suffixA] = a.parts[i] ?? [0, ''];
    const [numberB, suffixB] = b.parts[i] ?? [0, ''];
    if (numberA !== numberB) return numberA - numberB;
    if (suffixA !== suffixB) return suffixA < suffixB ? -1 : 1;
  }
  return 0;
}

/** Part `index` counted from 0, or undefined where the version has none. */
export const firmwarePart = (version: FirmwareVersion, index: number): number | undefined => version.parts[index]?.[0];
