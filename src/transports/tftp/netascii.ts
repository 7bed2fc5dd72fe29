const CR = 0x0d;
const LF = 0x0a;
const NUL = 0x00;

/**
 * RFC 764 as RFC 1350 §1 uses it: a line ends with CR LF on the wire, a bare CR is CR NUL. Our files end lines with LF, so every byte stands
 * for itself and chunks need no memory of each other.
 */
export function toNetascii(bytes: Uint8Array): Uint8Array {
  const extra = bytes.reduce((sum, byte) => (byte === CR || byte === LF ? sum + 1 : sum), 0);
  if (extra === 0) return bytes;
  const wire = new Uint8Array(bytes.length + extra);
  let at = 0;
  for (const byte of bytes) {
    if (byte === LF) wire[at++] = CR;
    wire[at++] = byte;
    if (byte === CR) wire[at++] = NUL;
  }
  return wire;
}

/** CR LF → LF, CR NUL → CR; anything else stays, since some clients send text files as they are. */
export function fromNetascii(wire: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(wire.length);
  let length = 0;
  for (let at = 0; at < wire.length; at += 1) {
    const next = wire[at] === CR ? wire[at + 1] : undefined;
    if (next === LF || next === NUL) {
      bytes[length++] = next === LF ? LF : CR;
      at += 1;
    } else {
      bytes[length++] = wire[at] ?? 0;
    }
  }
  return bytes.subarray(0, length);
}
