import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../app/ports.ts';
import type { FirmwareImage } from '../../domain/phone.ts';
import { firmwareNamed, id } from '../../../test/kit/store-objects.ts';
import { acme, kept, onEveryStore, ours, store } from '../../../test/kit/every-store.ts';

onEveryStore(() => {
  describe('content of firmware files', () => {
    // More than one part, and a last one that is not full.
    const bytes = Buffer.alloc(600_000, 'firmware ');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const at = new Date('2026-03-02T10:00:00Z');
    const later = new Date('2026-03-02T10:00:01Z');
    async function* chunksOf(content: Buffer): AsyncGenerator<Uint8Array> {
      for (let start = 0; start < content.length; start += 65_536)
        yield await Promise.resolve(content.subarray(start, start + 65_536));
    }
    const put = (where: Store, content = bytes): Promise<void> =>
      where.platform.contents.put(sha256, at, () => chunksOf(content));
    const read = (where: Store): Promise<Buffer> => buffer(where.platform.contents.read(sha256));

    test('what was put is read back byte by byte, once for all who put it, until it is removed', async () => {
      const { contents } = store.platform;
      expect(await contents.has(sha256)).toBe(false);
      await put(store);
      await put(store);
      expect(await contents.has(sha256)).toBe(true);
      expect((await read(store)).equals(bytes)).toBe(true);
      await contents.remove(sha256);
      await contents.remove(sha256);
      expect(await contents.has(sha256)).toBe(false);
      expect(await read(store)).toHaveLength(0);
    });

    test('bytes of another checksum, and a source that breaks off, leave nothing behind', async () => {
      await expect(put(store, bytes.subarray(1))).rejects.toThrow('has the checksum');
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield* chunksOf(bytes);
        throw new Error('broke off');
      }
      await expect(store.platform.contents.put(sha256, at, broken)).rejects.toThrow('broke off');
      expect(await store.platform.contents.has(sha256)).toBe(false);
      expect(await read(store)).toHaveLength(0);
    });

    test('a transaction that fails has neither put nor removed anything', async () => {
      const failing = (work: (inside: Store) => Promise<void>): Promise<void> =>
        store.transaction(async (inside) => {
          await work(inside);
          throw new Error('no');
        });
      await expect(failing(put)).rejects.toThrow('no');
      expect(await store.platform.contents.has(sha256)).toBe(false);
      await put(store);
      await expect(failing((inside) => inside.platform.contents.remove(sha256))).rejects.toThrow('no');
      expect((await read(store)).equals(bytes)).toBe(true);
    });

    test('a snapshot reads what was removed after it', async () => {
      await put(store);
      const { store: then, end } = await store.snapshot();
      try {
        await store.platform.contents.remove(sha256);
        expect((await read(then)).equals(bytes)).toBe(true);
      } finally {
        await end();
      }
    });

    test('content is named for as long as an image of the platform or of any tenant has it', async () => {
      const { contents, firmware } = store.platform;
      const image = { ...firmwareNamed('t46.rom'), sha256, size: bytes.length };
      await put(store);
      expect(await contents.unnamed(later)).toEqual([sha256]);
      expect(await contents.unnamed(at)).toEqual([]);
      kept(await firmware.create(image));
      kept(await ours.firmware.create({ ...image, id: id('ours'), tenant: acme.id }));
      await firmware.remove(image.id);
      expect([await contents.isNamed(sha256), await contents.unnamed(later)]).toEqual([true, []]);
      const other: FirmwareImage = { ...image, id: id('ours'), tenant: acme.id, sha256: '0'.repeat(64) };
      kept(await ours.firmware.replace(other));
      expect([await contents.isNamed(sha256), await contents.unnamed(later)]).toEqual([false, [sha256]]);
    });
  });
});
