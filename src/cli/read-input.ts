import { CommandFailed, EXIT } from './failure.ts';
import type { CliWorld } from './world.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this account may not read it',
  EISDIR: 'it is a directory',
};

export function fileFailure(path: string, verb: 'read' | 'write', cause: unknown): CommandFailed {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reason = REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new CommandFailed(EXIT.failed, `cannot ${verb} ${path}: ${reason}`, { cause });
}

/** A file that the command line names, `-` for standard input. */
export async function readInput(world: CliWorld, path: string): Promise<Uint8Array> {
  try {
    return await world.readFile(path);
  } catch (cause) {
    throw fileFailure(path, 'read', cause);
  }
}

export const readInputText = async (world: CliWorld, path: string): Promise<string> =>
  new TextDecoder().decode(await readInput(world, path));
