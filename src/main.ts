#!/usr/bin/env node
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { runCli } from './cli/program.ts';
import type { CliWorld } from './cli/world.ts';
import { identifyFacts } from './app/serve/identify.ts';
import { readConfig } from './config.ts';
import { err, ok } from './domain/result.ts';
import { fillFile } from './main/backup-file.ts';
import { installationOf } from './main/installation.ts';
import { readSecret } from './main/read-secret.ts';
import { simulateOne } from './main/simulated.ts';
import { VERSION } from './main/version.ts';
import { parsePath } from './transports/path.ts';

/** The file that a path names, as a door would read it: without token, with the MAC in one spelling. */
function fileOf(path: string | undefined): { readonly path?: string } {
  const parsed = path === undefined ? undefined : parsePath(path, []);
  return parsed?.ok === true ? { path: parsed.value.file } : {};
}

const world: CliWorld = {
  env: process.env,
  version: VERSION,
  stdout: (data) => void process.stdout.write(data),
  stderr: (text) => void process.stderr.write(text),
  readFile: (path) => (path === '-' ? buffer(process.stdin) : readFile(path)),
  openFile: async (path) => (path === '-' ? process.stdin : createReadStream('', { fd: await open(path) })),
  writeFile: async (path, bytes, { secret }) => {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'w', secret ? 0o600 : 0o644);
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
  },
  fillFile,
  readSecret,
  findInstallation: (configFile) => {
    const config = readConfig(configFile, process.env);
    return config.ok ? ok(installationOf(config.value)) : err(config.error.problems);
  },
  identify: (facts) => identifyFacts({ ...facts, ...fileOf(facts.path) }),
  simulate: simulateOne,
};

// Whoever read our output has stopped (`offhook … | head`): there is nobody left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), world);
