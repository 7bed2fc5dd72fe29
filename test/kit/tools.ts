import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

// Debian keeps `ip` and `kamailio` in sbin, which is not on everybody's PATH.
const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const isInstalled = (name: string): boolean => FOLDERS.some((folder) => isExecutable(join(folder, name)));

const isRoot = (): boolean => process.getuid?.() === 0;

/** In a container root may still be forbidden to make one. */
const canMakeNamespaces = (): boolean => isRoot() && spawnSync('unshare', ['--net', 'true']).status === 0;

const SPECIAL: Readonly<Record<string, () => boolean>> = { root: isRoot, netns: canMakeNamespaces };

/**
 * Which of these programs a test would miss; empty when it can run. Two names are no programs: `root`, and `netns` for the
 * right to make network namespaces. A test that skips puts this list into its name, so that nobody takes a skipped test for
 * a passed one.
 */
export function missingTools(...names: string[]): string[] {
  return names.filter((name) => !(SPECIAL[name]?.() ?? isInstalled(name)));
}
