import { setImmediate as nextRound } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { gathered } from './gather.ts';
import type { Outcome, PhoneRequest, ServeFile } from './outcome.ts';

const outcome: Outcome = { kind: 'not_found', onTransfer: () => undefined };

/** A story that notes which request begins in which round of the event loop, counted by the test. */
function told(atOnce?: number): {
  ask: (requestId: string) => Promise<Outcome>;
  began: string[];
  round: { now: number };
} {
  const began: string[] = [];
  const round = { now: 0 };
  const story: ServeFile = ({ requestId }) => {
    began.push(`${requestId} in round ${round.now}`);
    return Promise.resolve(outcome);
  };
  const serve = gathered(story, atOnce);
  // `as`: all that the story looks at.
  return { ask: (requestId) => serve({ requestId } as PhoneRequest), began, round };
}

async function nextOf(round: { now: number }): Promise<void> {
  await nextRound();
  round.now += 1;
}

test('requests of one round and of the next begin together, in the order in which they came', async () => {
  const { ask, began, round } = told();
  const answers = [ask('a'), ask('b')];
  await nextOf(round);
  answers.push(ask('c'));
  await nextOf(round);
  expect(began).toEqual([]);
  await Promise.all(answers);
  expect(began).toEqual(['a in round 2', 'b in round 2', 'c in round 2']);
});

test('who is alone begins after one round in which nobody else came', async () => {
  const { ask, began, round } = told();
  const answer = ask('a');
  for (let n = 0; n < 3; n++) await nextOf(round);
  await answer;
  expect(began).toEqual(['a in round 1']);
});

test('a stream that does not end is walked as soon as enough have come', async () => {
  const { ask, began, round } = told(3);
  const answers: Promise<Outcome>[] = [];
  for (let n = 0; n < 6; n++) {
    answers.push(ask(String(n)));
    await nextOf(round);
  }
  await Promise.all(answers);
  expect(began).toEqual([
    '0 in round 2',
    '1 in round 2',
    '2 in round 2',
    '3 in round 5',
    '4 in round 5',
    '5 in round 5',
  ]);
});

test('nobody waits for others whose rounds take long, as TLS handshakes do', async () => {
  const { ask, began, round } = told();
  const answer = ask('a');
  for (const until = performance.now() + 5; performance.now() < until;);
  await nextOf(round);
  await answer;
  expect(began).toEqual(['a in round 0']);
});

test('each gets the answer of his own story', async () => {
  const serve = gathered(({ requestId }) =>
    Promise.resolve({
      kind: 'file',
      bytes: new Uint8Array(),
      contentType: requestId,
      etag: '',
      onTransfer: () => undefined,
    }),
  );
  const answers = await Promise.all(['a', 'b'].map((requestId) => serve({ requestId } as PhoneRequest)));
  expect(answers.map((answer) => answer.kind === 'file' && answer.contentType)).toEqual(['a', 'b']);
});
