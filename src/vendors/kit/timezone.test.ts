import { expect, test } from 'vitest';
import { zoneRules } from './timezone.ts';

test('Berlin: one hour east, last Sunday of March to last Sunday of October', () => {
  expect(zoneRules('Europe/Berlin')).toEqual({
    offsetSeconds: 3600,
    dst: {
      saveSeconds: 3600,
      start: { month: 3, week: 5, weekday: 0, seconds: 7200 },
      end: { month: 10, week: 5, weekday: 0, seconds: 10800 },
    },
    country: 'DE',
  });
});

test.each([
  ['Asia/Kolkata', 19800, false],
  ['America/New_York', -18000, true],
  ['America/Sao_Paulo', -10800, false],
  ['Australia/Lord_Howe', 37800, true],
  ['Africa/Casablanca', 3600, false],
  ['UTC', 0, false],
  ['europe/paris', 3600, true],
])('%s lies %d seconds east; daylight saving: %s', (zone, offset, dst) => {
  const rules = zoneRules(zone);
  expect([rules?.offsetSeconds, rules?.dst !== undefined]).toEqual([offset, dst]);
});

test('Lord Howe saves half an hour', () => {
  expect(zoneRules('Australia/Lord_Howe')?.dst?.saveSeconds).toBe(1800);
});

test('Dublin, whose law calls the winter the exception, is told as phones know it', () => {
  expect(zoneRules('Europe/Dublin')).toMatchObject({
    offsetSeconds: 0,
    dst: { saveSeconds: 3600, start: { month: 3, week: 5 }, end: { month: 10, week: 5 } },
  });
});

test('a name that is no zone is none', () => {
  expect(zoneRules('Mars/Olympus')).toBeUndefined();
  expect(zoneRules('constructor')).toBeUndefined();
});
