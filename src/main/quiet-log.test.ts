import { expect, test } from 'vitest';
import { quietLog } from './quiet-log.ts';

test('what fails at every request for an hour leaves ten lines a minute, which count the rest, and hides nothing else', () => {
  const lines: string[] = [];
  const note = (event: string, fields: object): void => void lines.push(JSON.stringify({ event, ...fields }));
  let seconds = 0;
  const log = quietLog({ info: note, warn: note, error: note }, () => seconds * 1000);
  for (; seconds < 3600; seconds += 0.1) log.error('serve_failed', { reason: 'disk' });
  expect(lines).toHaveLength(600);
  expect(lines[0]).toBe('{"event":"serve_failed","reason":"disk"}');
  expect(lines[10]).toBe('{"event":"serve_failed","reason":"disk","unsaid":590}');
  log.warn('address_banned', { address: '192.0.2.1' });
  log.error('journal_failed', { waiting: 1 });
  expect(lines.slice(-2).join()).toMatch(/address_banned.*journal_failed/);
  for (let ban = 0; ban < 100; ban++) log.warn('address_banned', { address: '192.0.2.1' });
  expect(lines.filter((line) => line.includes('address_banned'))).toHaveLength(101);
});
