import { expect, test } from 'vitest';
import { isRunning, type ResyncAttempt } from './attempt.ts';

const attempt = (at: string): ResyncAttempt => ({
  id: 'one',
  kind: 'refetch',
  at,
  by: 'admin',
  event: 'check-sync',
  extension: '201',
  server: 'pbx.example.com',
  answers: [],
  done: {},
});
const now = new Date('2026-12-01T12:00:00.000Z');

test('an attempt runs until its deadline has passed, and a little longer', () => {
  expect(isRunning(attempt('2026-12-01T11:59:50.000Z'), now)).toBe(true);
  expect(isRunning(attempt('2026-12-01T11:59:25.000Z'), now)).toBe(true);
  expect(isRunning(attempt('2026-12-01T11:59:00.000Z'), now)).toBe(false);
});

test('an attempt that was begun while the clock was years ahead does not keep the phone from being told', () => {
  expect(isRunning(attempt('2036-12-01T12:00:00.000Z'), now)).toBe(false);
});
