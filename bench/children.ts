import { fork, type ChildProcess } from 'node:child_process';

/** A server under test in a process of its own. */
export interface Server<Ready> {
  readonly ready: Ready;
  stop(): Promise<void>;
}

/** Starts a file of this folder and waits until it says what it is ready with. */
export function startServer<Ready>(file: string, argument: object): Promise<Server<Ready>> {
  const child: ChildProcess = fork(new URL(file, import.meta.url), [JSON.stringify(argument)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      reject(new Error(`${file} ended with ${String(code)}`));
    });
    child.once('message', (ready) => {
      // `as`: what the file sends is declared beside it.
      resolve({ ready: ready as Ready, stop: () => stopChild(child) });
    });
  });
}

/** Asks a process to end, and waits until it has. */
export function stopChild(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners('exit');
    if (child.exitCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => {
      resolve();
    });
    child.kill('SIGTERM');
  });
}
