import { availableParallelism } from 'node:os';
import { GOALS, type Goal, type Result } from './goals.ts';

// `npm run bench` runs every goal, `npm run bench -- G1 G8` some. Exits with 1 when a floor is missed.
const wanted = process.argv.slice(2);
const goals = wanted.length === 0 ? GOALS : GOALS.filter((goal) => wanted.includes(goal.id));

const reaches = (goal: Goal, figure: number, mark: number): boolean =>
  goal.sense === 'at_least' ? figure >= mark : figure <= mark;

function verdict(goal: Goal, { figure }: Result): string {
  if (reaches(goal, figure, goal.aim)) return 'aim reached';
  return reaches(goal, figure, goal.floor) ? 'floor reached' : 'FLOOR MISSED';
}

console.log(
  `Node ${process.version}, ${availableParallelism()} cores shared by server and client; medians of five interleaved rounds\n`,
);
let missed = 0;
for (const goal of goals) {
  const result = await goal.run();
  const said = verdict(goal, result);
  if (said === 'FLOOR MISSED') missed += 1;
  console.log(
    `${goal.id.padEnd(4)} ${goal.title.padEnd(52)} ${result.figure.toFixed(2)} ${result.unit.padEnd(7)} floor ${goal.floor}, aim ${goal.aim}: ${said} (${result.detail})`,
  );
}
process.exitCode = missed > 0 ? 1 : 0;
