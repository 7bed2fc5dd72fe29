import { join } from 'node:path';
import type { Clock, FileStore, Store } from '../app/ports.ts';
import type { Config } from '../config.ts';
import { openFileStore } from '../store/files/file-store.ts';
import { sharedFiles } from '../store/files/shared-files.ts';

export interface OpenFiles {
  readonly files: FileStore;
  /** Due now and then. */
  readonly tidyFiles: () => Promise<void>;
}

/** Content of firmware: where one process has the store to itself, its own disk; else the store, and copies on the disk. */
export async function openFiles(config: Config, { platform }: Store, clock: Clock): Promise<OpenFiles> {
  const directory = await openFileStore(join(config.dataDir, 'firmware'));
  if (config.store.kind === 'sqlite') return { files: directory, tidyFiles: () => Promise.resolve() };
  const maxBytes = config.firmware.copiesMegabytes * 1024 * 1024;
  const files = sharedFiles({ contents: platform.contents, directory, maxBytes, clock });
  return { files, tidyFiles: () => files.tidy() };
}
