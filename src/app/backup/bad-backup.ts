/** A backup that can't be restored, with the line that says why. Thrown, since only that undoes the transaction it is read in. */
export class BadBackup extends Error {
  override readonly name = 'BadBackup';

  constructor(line: number, reason: string, options?: ErrorOptions) {
    super(`line ${line} of the backup ${reason}; nothing was restored`, options);
  }
}
