import type { StoredContents } from '../../app/ports.ts';
import { withChecksum } from '../checksum.ts';
import type { State, World } from './state.ts';

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(Uint8Array.from(chunk));
  return Buffer.concat(chunks);
}

const isNamed = (state: State, sha256: string): boolean =>
  [...state.rows.firmware_images.values()].some(({ object }) => object.sha256 === sha256);

export const memoryContents = (world: World): StoredContents => ({
  has: (sha256) => Promise.resolve(world.state().contents.has(sha256)),
  put: async (sha256, at, open) => {
    const bytes = world.state().contents.get(sha256)?.bytes ?? (await collect(withChecksum(sha256, open())));
    await world.write((state) => {
      state.contents.set(sha256, { at: at.toISOString(), bytes });
    });
  },
  read: async function* (sha256) {
    const found = world.state().contents.get(sha256);
    if (found !== undefined) yield await Promise.resolve(found.bytes);
  },
  remove: (sha256) =>
    world.write((state) => {
      state.contents.delete(sha256);
    }),
  isNamed: (sha256) => Promise.resolve(isNamed(world.state(), sha256)),
  unnamed: (at) => {
    const state = world.state();
    const old = [...state.contents].filter(([, content]) => content.at < at.toISOString()).map(([sha256]) => sha256);
    return Promise.resolve(old.filter((sha256) => !isNamed(state, sha256)).sort());
  },
});
