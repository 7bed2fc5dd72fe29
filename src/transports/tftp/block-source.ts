/** Where the blocks of a transfer come from, in order. */
export interface BlockSource {
  /** The next `size` bytes; fewer only at the end. */
  next(size: number): Uint8Array | Promise<Uint8Array>;
  close(): void;
}

export function bytesSource(bytes: Uint8Array): BlockSource {
  let at = 0;
  return {
    next: (size) => {
      const block = bytes.subarray(at, at + size);
      at += block.length;
      return block;
    },
    close: () => undefined,
  };
}

/** A file that is read while it is sent; `translate` works on each chunk by itself. */
export function streamSource(stream: NodeJS.ReadableStream, translate: (chunk: Uint8Array) => Uint8Array): BlockSource {
  const chunks = stream[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  return {
    next: async (size) => {
      while (rest.length < size) {
        const chunk = await chunks.next();
        if (chunk.done === true) break;
        rest = Buffer.concat([rest, translate(Buffer.from(chunk.value))]);
      }
      const block = rest.subarray(0, size);
      rest = rest.subarray(block.length);
      return block;
    },
    // Ends the loop inside the stream, which closes the file.
    close: () => void chunks.return?.().catch(() => undefined),
  };
}
