import type { Readable, Writable } from 'node:stream';
import type { ModelId, VendorId } from '../domain/ids.ts';
import type { Mac } from '../domain/mac.ts';
import type { RequestFacts } from '../domain/recognise/clue.ts';
import type { Identity } from '../domain/recognise/merge-clues.ts';
import type { Result } from '../domain/result.ts';

export type ApiMethod = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

export interface ApiRequest {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | Readable;
  readonly contentType?: string;
  /** Where the body of an answer goes that is no refusal, piece by piece, in place of the answer's `body`. */
  readonly into?: Writable;
}

export interface ApiAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A way to the API, whatever lies between: a socket on this machine, HTTPS, or nothing at all. */
export interface ApiConnection {
  /** `path` from the root: `/api/v1/tenants`. Throws where no answer came. */
  request(method: ApiMethod, path: string, request?: ApiRequest): Promise<ApiAnswer>;
  close(): Promise<void>;
}

/** Where phones that know nothing yet find the server, as its configuration says. */
export interface PhoneDoors {
  readonly host: string;
  /** Left out where the bootstrap door is closed. */
  readonly bootstrapPort?: number;
  /** Left out where the TFTP door is closed. */
  readonly tftpPort?: number;
}

/** The installation on this machine that a configuration describes. What it refuses comes back as a sentence. */
export interface Installation {
  /** Path of the socket at which its running server answers. */
  readonly controlSocket: string;
  readonly phoneDoors: PhoneDoors;
  /** Opens the store in this process and answers through the same API, without doors. */
  connect(): Promise<Result<ApiConnection, string>>;
  /** Runs until it is told to stop; says the exit code. */
  serve(): Promise<number>;
  /** Brings the store's schema up to date; says which store. */
  migrate(): Promise<Result<string, string>>;
  /** Changes the master key; says how many records were written again. */
  rekey(): Promise<Result<number, string>>;
  /** Puts a backup in place of an empty store, or with `replace` of what is there. */
  restore(path: string, options: { readonly replace: boolean }): Promise<Result<RestoredBackup, string>>;
}

/** What a restore has done. */
export interface RestoredBackup {
  readonly created: string;
  readonly objects: number;
  readonly files: number;
  /** Firmware files that are named, but whose content is not here. */
  readonly missingFiles: number;
}

/** A simulated phone in factory state. */
export interface SimulatedPhone {
  readonly vendor: VendorId;
  readonly model: ModelId;
  readonly mac: Mac;
  /** Where DHCP or a person would send it. */
  readonly server: string;
  /** `public`: what this machine trusts; `insecure`: it checks no certificate. */
  readonly trust: 'public' | 'insecure' | { readonly pem: string };
  /** Its factory certificate with its key, PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** One request of a simulated phone as it happened. */
export interface SimulatedStep {
  readonly round: number;
  readonly url: string;
  readonly status: number;
  readonly bytes: number;
}

export interface SimulatedEnd {
  /** It has a configuration, and that sends it nowhere new. */
  readonly settled: boolean;
  /** Why it did not settle. */
  readonly reason?: string;
  /** Where it will ask from now on. */
  readonly home: string;
  /** Statuses of the periodic resync with If-None-Match that followed. */
  readonly resync: readonly number[];
}

/** Everything outside this folder that commands need: main.ts gives it, tests make one up. */
export interface CliWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  stdout(data: string | Uint8Array): void;
  stderr(text: string): void;
  /** Relative paths are of the directory that the command was started in; `-` is standard input. */
  readFile(path: string): Promise<Uint8Array>;
  /** Reads piece by piece, for files that may be large; resolves once the file is open. */
  openFile(path: string): Promise<Readable>;
  /** Makes the folders above it. With `secret` nobody but this account may read it. */
  writeFile(path: string, bytes: Uint8Array, options: { readonly secret: boolean }): Promise<void>;
  /** A file that is there when `fill` has written the whole of it, and not before; for this account only. */
  fillFile(path: string, fill: (sink: Writable) => Promise<void>): Promise<void>;
  /** Asks the person at the terminal without showing what is typed; without a terminal the first line of standard input. */
  readSecret(prompt: string): Promise<string>;
  /** By the file that `--config` names and the environment; else what is wrong with them. */
  findInstallation(configFile: string | undefined): Result<Installation, readonly string[]>;
  /** `path` as it stands in a URL, with or without token and leading slash. */
  identify(facts: RequestFacts): Identity;
  simulate(phone: SimulatedPhone, onStep: (step: SimulatedStep) => void): Promise<SimulatedEnd>;
}
