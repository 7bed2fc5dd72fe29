import type { FileContents, FileStore } from '../ports.ts';
import { BadBackup } from './bad-backup.ts';
import { fileLine, pieceLine, type Base64 } from './format.ts';
import { checked, type ReadLine } from './read-backup.ts';

export interface FilePorts {
  readonly files: FileStore;
  readonly base64: Base64;
  readonly maxFileBytes: number;
}

/** The bytes of one file: as many pieces as it takes to come to the size that was said, and no more. */
async function* contentOf(
  { base64 }: FilePorts,
  lines: AsyncIterator<ReadLine>,
  { size, number }: { readonly size: number; readonly number: number },
): AsyncGenerator<Uint8Array> {
  for (let read = 0; read < size;) {
    const next = await lines.next();
    if (next.done === true) throw new BadBackup(number, 'is a file of which the end is missing');
    const bytes = base64.decode(
      checked(next.value.number, pieceLine.safeParse(next.value.json), next.value.json).bytes,
    );
    read += bytes.length;
    if (bytes.length === 0 || read > size)
      throw new BadBackup(next.value.number, 'is not a piece of the file that was announced');
    yield bytes;
  }
}

/** Takes the content of one firmware file from the lines that follow; says its checksum. */
export async function restoreFile(
  ports: FilePorts,
  files: FileContents,
  { number, json }: ReadLine,
  lines: AsyncIterator<ReadLine>,
  wanted: ReadonlySet<string>,
): Promise<string> {
  const { sha256, size } = checked(number, fileLine.safeParse(json), json);
  if (!wanted.has(sha256)) throw new BadBackup(number, 'is a file that no firmware image names');
  if (size > ports.maxFileBytes) throw new BadBackup(number, 'is a file larger than firmware may be');
  const written = await files.write(contentOf(ports, lines, { size, number }), size);
  if (written === 'too_large' || written.size !== size || written.sha256 !== sha256) {
    if (written !== 'too_large') await files.remove(written.sha256);
    throw new BadBackup(number, 'is a file whose content has another checksum');
  }
  return sha256;
}
