import { CommandFailed, EXIT, wrongUsage } from './failure.ts';
import type { Result } from '../domain/result.ts';
import type { CliWorld, Installation } from './world.ts';

/** The installation on this machine, or all that is wrong with its configuration. */
export function installationOf({ world }: { readonly world: CliWorld }, config: string | undefined): Installation {
  const found = world.findInstallation(config ?? world.env.OFFHOOK_CONFIG);
  if (found.ok) return found.value;
  throw wrongUsage(['the configuration is not right', ...found.error.map((one) => `  ${one}`)].join('\n'));
}

/** What the installation did; what it refused, with its reason, ends the command. */
export function doneOrRefused<T>(result: Result<T, string>): T {
  if (result.ok) return result.value;
  throw new CommandFailed(EXIT.failed, result.error);
}
