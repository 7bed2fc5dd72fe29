import type { DirectoryStore } from './file-store.ts';

// Written or asked for just now: about to be opened, or read by whoever puts it into the store.
const SPARED_MILLISECONDS = 10_000;

/** Removes copies until the others fit, the least recently used first. Whoever reads one reads on. */
export async function makeRoom(directory: DirectoryStore, maxBytes: number): Promise<void> {
  const files = (await directory.list()).toSorted((a, b) => a.usedAt.getTime() - b.usedAt.getTime());
  let bytes = files.reduce((sum, { size }) => sum + size, 0);
  for (const { sha256, size, usedAt } of files) {
    if (bytes <= maxBytes || usedAt.getTime() > Date.now() - SPARED_MILLISECONDS) return;
    await directory.remove(sha256);
    bytes -= size;
  }
}
