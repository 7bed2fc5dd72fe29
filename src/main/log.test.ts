import { expect, test } from 'vitest';
import { createLog, logLevel, readableLines } from './log.ts';

function lines(): { readonly write: (text: string) => void; readonly texts: string[] } {
  const texts: string[] = [];
  return { write: (text) => void texts.push(text), texts };
}

test('of an error the log keeps name, message, code and cause, and none of what a driver has hung on it', () => {
  const { write, texts } = lines();
  const cause = Object.assign(new Error('row refused'), { code: '23502', detail: 'Failing row contains (secret)' });
  createLog('info', { write }).error('api_failed', { request: 'r1', error: new Error('the store', { cause }) });
  const line = JSON.parse(texts[0] ?? '') as Record<string, unknown>;
  expect(line).toMatchObject({
    level: 'error',
    event: 'api_failed',
    request: 'r1',
    error: { name: 'Error', message: 'the store', cause: { message: 'row refused', code: '23502' } },
  });
  expect(texts.join()).not.toContain('secret');
});

test('what a stranger sends stays in one line, whatever it is', () => {
  const { write, texts } = lines();
  createLog('info', { write }).warn('door_refused', { reason: 'a\nb\r{"event":"x"}', file: '\u001b[31mred\u2028' });
  readableLines(write).write(texts[0] ?? '');
  for (const text of texts) expect(text.trimEnd()).not.toMatch(/[\n\r\u001b]/);
});

test('at a terminal a line is for people', () => {
  const { write, texts } = lines();
  createLog('warn', readableLines(write)).warn('door_refused', { door: 'secure', unsaid: 3, reason: 'two words' });
  expect(texts[0]).toMatch(/^\d\d:\d\d:\d\d warn door_refused door=secure unsaid=3 reason="two words"\n$/);
});

test('only what was asked for is logged, and a level that is none is no level', () => {
  const { write, texts } = lines();
  createLog('error', { write }).warn('door_refused', {});
  expect(texts).toEqual([]);
  expect([logLevel(undefined), logLevel('trace'), logLevel('loud')]).toEqual(['info', 'trace', undefined]);
});
