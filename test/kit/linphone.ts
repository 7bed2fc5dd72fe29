import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ended, until, type Namespace } from './netns.ts';

export interface LinphoneOptions {
  /** What a user would type or scan: the one thing the program knows of us. */
  readonly configUri: string;
  /** PEM file of the CA it is to trust in place of the system's. */
  readonly rootCa?: string;
  /** Another folder is another computer; the same folder is the same program started again, with what it had saved. */
  readonly home?: string;
}

export interface Linphone {
  /** Waits until the program itself says that so many accounts are registered; gives their identities as it shows them. */
  readonly registered: (accounts?: number, timeoutMs?: number) => Promise<readonly string[]>;
  /** Types a command at its prompt. */
  readonly type: (command: string) => void;
  /** What it showed on its console. */
  readonly console: () => string;
  /** Its log, every message. */
  readonly log: () => string;
  /** The file in which it saves its configuration, as it is now. */
  readonly saved: () => string;
  /** Quits as a user would, so that it says farewell to the registrar and saves; killed when it takes too long. */
  readonly stop: () => Promise<void>;
}

const REGISTERED = /for identity \[(.*)\] moving from state \[\w+\] to \[LinphoneRegistrationOk\]/;

const optional = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** The file it starts from. An existing one is left alone: it belongs to the program. */
function prepareHome(home: string, options: LinphoneOptions): string {
  // Without these two folders linphonec ends at once (seen: 5.1.65).
  for (const folder of ['.local/share/linphone', '.config/linphone'])
    mkdirSync(join(home, folder), { recursive: true });
  const config = join(home, 'linphonerc');
  const lines = ['[misc]', `config-uri=${options.configUri}`];
  const trust = options.rootCa === undefined ? [] : ['[sip]', `root_ca=${options.rootCa}`];
  if (!existsSync(config)) writeFileSync(config, `${[...lines, ...trust].join('\n')}\n`, { mode: 0o600 });
  return config;
}

/** Starts linphonec in the namespace with nothing but a URL. It fetches, and registers with what it was given. */
export function startLinphone(namespace: Namespace, options: LinphoneOptions): Linphone {
  const home = options.home ?? join(namespace.folder, 'home');
  const config = prepareHome(home, options);
  const logFile = join(home, `linphone-${String(Date.now())}.log`);
  const env = { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), XDG_DATA_HOME: join(home, '.local/share') };
  const child = namespace.start('linphonec', ['-d', '6', '-l', logFile, '-c', config], env);
  let shown = '';
  const append = (bytes: Buffer): void => void (shown += bytes.toString('utf8'));
  child.stdout.on('data', append);
  child.stderr.on('data', append);
  const log = (): string => optional(logFile);
  const identities = (): readonly string[] =>
    Array.from(
      new Set(
        log()
          .split('\n')
          .flatMap((line) => REGISTERED.exec(line)?.[1] ?? []),
      ),
    );
  const enough = (accounts: number) => (): readonly string[] | undefined => {
    if (child.exitCode !== null) throw new Error(`linphonec ended at once:\n${shown}`);
    // It asks its user when the registrar refused what it had; nobody sits here.
    if (shown.includes('Password for')) throw new Error(`linphonec asks for a password:\n${shown}`);
    return identities().length >= accounts ? identities() : undefined;
  };
  return {
    registered: (accounts = 1, timeoutMs = 20_000) =>
      until(enough(accounts), timeoutMs, () => `linphonec did not register:\n${shown}\n${tail(log())}`),
    type: (command) => child.stdin.write(`${command}\n`),
    console: () => shown,
    log,
    saved: () => optional(config),
    stop: async () => {
      if (child.exitCode === null) child.stdin.write('quit\n');
      await ended(child, 5_000);
    },
  };
}

const tail = (text: string): string => text.split('\n').slice(-60).join('\n');
