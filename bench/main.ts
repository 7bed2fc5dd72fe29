import { availableParallelism } from 'node:os';
import type { Goal, Mark, Result } from './goals/goal.ts';
import { GOALS } from './goals/table.ts';
import { closeOffices } from './offices.ts';
import { QUICK, SCALE } from './scale.ts';

// `npm run bench` runs every goal, `npm run bench -- G1 G8` some. Exits with 1 when a floor is missed.
const wanted = process.argv.slice(2);
const unknown = wanted.filter((id) => !GOALS.some((goal) => goal.id === id));
if (unknown.length > 0) throw new Error(`there is no goal ${unknown.join(', ')}`);
const goals = wanted.length === 0 ? GOALS : GOALS.filter((goal) => wanted.includes(goal.id));

type Verdict = 'aim reached' | 'floor reached' | 'FLOOR MISSED' | 'not judged';

function verdictOf({ sense, floor: usual, aim }: Mark, { figure, floor = usual }: Result): Verdict {
  const reaches = (mark: number): boolean => (sense === 'at_least' ? figure >= mark : figure <= mark);
  if (QUICK) return 'not judged';
  if (!reaches(floor)) return 'FLOOR MISSED';
  return aim !== undefined && reaches(aim) ? 'aim reached' : 'floor reached';
}

const rounded = (figure: number): string => figure.toFixed(figure >= 100 ? 0 : 2);

function print(id: string, mark: Mark, result: Result): Verdict {
  const verdict = verdictOf(mark, result);
  const { title, unit, aim, floor: usual } = mark;
  const figure = `${rounded(result.figure).padStart(6)} ${unit}`;
  const marks = `floor ${rounded(result.floor ?? usual)}${aim === undefined ? '' : `, aim ${rounded(aim)}`}`;
  console.log(
    `${id.padEnd(4)} ${title.padEnd(54)} ${figure.padEnd(20)} ${marks.padEnd(26)} ${verdict} (${result.detail})`,
  );
  return verdict;
}

/** Runs a goal and says whether it reached its floors. One that breaks off has not; the others go on. */
async function reachesFloors({ id, marks, run }: Goal): Promise<boolean> {
  const results = await run().catch((failure: unknown) => {
    console.log(`${id.padEnd(4)} BROKEN OFF: ${failure instanceof Error ? failure.message : String(failure)}`);
    return undefined;
  });
  if (results === undefined) return false;
  const verdicts = marks.map((mark, index) => {
    const result = results[index];
    if (result === undefined) throw new Error(`${id} has no figure for "${mark.title}"`);
    return print(id, mark, result);
  });
  return !verdicts.includes('FLOOR MISSED');
}

console.log(
  `Node ${process.version}, ${availableParallelism()} cores shared by server and clients; medians of ${SCALE.rounds} interleaved rounds${QUICK ? '; BENCH_QUICK: the figures mean nothing' : ''}\n`,
);
let missed = 0;
try {
  for (const goal of goals) if (!(await reachesFloors(goal))) missed += 1;
} finally {
  await closeOffices();
}
console.log('\nG15 (torn reads, lost writes) is no matter of speed: tests judge it.');
process.exitCode = missed > 0 ? 1 : 0;
