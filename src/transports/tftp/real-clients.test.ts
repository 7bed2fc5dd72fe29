import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectLog, doorOptions, fileAnswer, shelf } from '../../../test/kit/door.ts';
import type { Door } from '../door.ts';
import { startTftp } from './server.ts';

const run = promisify(execFile);
const isInstalled = (name: string): boolean => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;

const FILE = Buffer.from(Array.from({ length: 100_000 }, (_, n) => (n * 31) & 0xff));
const TEXT = 'line one\nline two\n';
const directory = mkdtempSync(join(tmpdir(), 'offhook-tftp-'));
const out = join(directory, 'out');

const files = shelf((request) => {
  if (request.method === 'PUT') return { kind: 'accepted' };
  if (request.file === 'big.rom') return fileAnswer(FILE);
  return request.file === 'spa942.cfg' ? fileAnswer(TEXT) : { kind: 'not_found' };
});
let door: Door;
let port = '';

beforeAll(async () => {
  door = await startTftp(doorOptions('tftp'), files.serveFile, collectLog().log);
  port = String(door.address().port);
});
afterAll(async () => {
  await door.close();
  rmSync(directory, { recursive: true });
});

describe.skipIf(!isInstalled('tftp'))('tftp-hpa', () => {
  it('reads /spa942.cfg', async () => {
    await run('tftp', ['127.0.0.1', port, '-m', 'binary', '-c', 'get', '/spa942.cfg', out]);
    expect(readFileSync(out, 'utf8')).toBe(TEXT);
  });

  it('reads text in netascii with its own line ends', async () => {
    await run('tftp', ['127.0.0.1', port, '-m', 'ascii', '-c', 'get', 'spa942.cfg', out]);
    expect(readFileSync(out, 'utf8')).toBe(TEXT);
  });

  it('is told that a file is not there', async () => {
    const { stdout, stderr } = await run('tftp', ['127.0.0.1', port, '-c', 'get', 'absent.cfg', out]);
    expect(stdout + stderr).toContain('File not found');
  });

  it('sends a log', async () => {
    writeFileSync(join(directory, 'app.log'), TEXT);
    await run('tftp', [
      '127.0.0.1',
      port,
      '-m',
      'binary',
      '-c',
      'put',
      join(directory, 'app.log'),
      'logs/0004f2aabbcc-app.log',
    ]);
    const sent = files.requests.at(-1);
    expect(sent?.file).toBe('logs/0004f2aabbcc-app.log');
    expect(Buffer.from(sent?.body ?? []).toString()).toBe(TEXT);
  });
});

describe.skipIf(!isInstalled('atftp'))('atftp', () => {
  it.each([
    [[]],
    [['--option', 'blksize 1428', '--option', 'tsize', '--option', 'timeout 2']],
    [['--option', 'windowsize 8']],
  ])('reads a hundred kilobytes with options %j', async (options) => {
    await run('atftp', [...options, '--get', '-r', 'big.rom', '-l', out, '127.0.0.1', port]);
    expect(readFileSync(out).equals(FILE)).toBe(true);
  });
});

describe.skipIf(!isInstalled('curl'))('curl', () => {
  it.each([['512'], ['1024'], ['1428']])('reads a hundred kilobytes in blocks of %s', async (blksize) => {
    await run('curl', ['-sS', '--tftp-blksize', blksize, '-o', out, `tftp://127.0.0.1:${port}/big.rom`]);
    expect(readFileSync(out).equals(FILE)).toBe(true);
  });

  it('reads without options', async () => {
    await run('curl', ['-sS', '--tftp-no-options', '-o', out, `tftp://127.0.0.1:${port}//spa942.cfg`]);
    expect(readFileSync(out, 'utf8')).toBe(TEXT);
  });
});
