/** The bytes in pieces of one size, the last one smaller, whatever sizes they come in. */
export async function* inPieces(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let held = new Uint8Array(0);
  for await (const chunk of bytes) {
    const joined = new Uint8Array(held.length + chunk.length);
    joined.set(held);
    joined.set(chunk, held.length);
    const whole = joined.length - (joined.length % size);
    for (let start = 0; start < whole; start += size) yield joined.subarray(start, start + size);
    held = joined.slice(whole);
  }
  if (held.length > 0) yield held;
}
