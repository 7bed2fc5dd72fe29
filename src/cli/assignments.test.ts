import { expect, test } from 'vitest';
import { readAssignments } from './assignments.ts';

test('a setting has dots of its own, and takes the type that it wants', () => {
  expect(
    readAssignments([
      'settings.time.zone=Europe/Rome',
      'settings.line.localSipPort=5062',
      'settings.security.directIpCalls=false',
    ]),
  ).toEqual({ settings: { 'time.zone': 'Europe/Rome', 'line.localSipPort': 5062, 'security.directIpCalls': false } });
});

test('what looks like a number stays text outside the settings: a firmware 7.10, a label 201', () => {
  expect(readAssignments(['firmware=7.10', 'label=201', 'blocked=true'])).toEqual({
    firmware: '7.10',
    label: '201',
    blocked: true,
  });
});

test('fields within fields, lists as JSON, and an empty value takes away', () => {
  expect(readAssignments(['policy.httpAuth=digest', 'networks=["192.0.2.0/24"]', 'title=a=b', 'label='])).toEqual({
    policy: { httpAuth: 'digest' },
    networks: ['192.0.2.0/24'],
    title: 'a=b',
    label: null,
  });
});

test('a word without = is refused with an example', () => {
  expect(() => readAssignments(['label'])).toThrow('"label" is not FIELD=VALUE');
});
