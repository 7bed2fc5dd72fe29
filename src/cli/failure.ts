/** What a command ends with; documented in its help. */
export const EXIT = {
  done: 0,
  /** The server refused, or the work could not be done. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  notRecognised: 3,
  cannotConnect: 4,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with an exit code and what to tell the person who typed it. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

export const wrongUsage = (message: string): CommandFailed => new CommandFailed(EXIT.usage, message);
