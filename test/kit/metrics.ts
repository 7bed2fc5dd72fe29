import { ask, type TestProduct } from './product.ts';

/** One line of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-z_]+[a-z0-9_]*)(?:\{(.*)\})? (\S+)$/;

function parseLine(line: string): readonly Sample[] {
  const [, name, labels = '', value] = LINE.exec(line) ?? [];
  if (name === undefined) return [];
  const pairs = Array.from(labels.matchAll(/([a-z_]+)="([^"]*)"/g), ([, label = '', text = '']) => [label, text]);
  return [{ name, labels: Object.fromEntries(pairs) as Sample['labels'], value: Number(value) }];
}

export const parseMetrics = (text: string): readonly Sample[] => text.split('\n').flatMap(parseLine);

/** The number under these labels now, read on the admin door; 0 where there is none yet. */
export async function metricsOf(offhook: TestProduct, name: string, labels: Sample['labels'] = {}): Promise<number> {
  const { text } = await ask(`${offhook.door('admin')}/metrics`, { headers: offhook.bearer });
  const found = parseMetrics(text).filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  return found.reduce((sum, { value }) => sum + value, 0);
}
