interface Cell {
  /** How many fell into each bucket, the last one being without a bound. */
  readonly counts: number[];
  seconds: number;
}

export interface TimingsOptions {
  readonly name: string;
  readonly help: string;
  /** The one label; without it there is one thing to time. */
  readonly label?: string;
  /** Upper bounds in seconds, ascending. */
  readonly buckets: readonly number[];
}

/**
 * A histogram in Prometheus' text format that costs every request an addition: prom-client's own takes the labels apart
 * and puts them together at each observation, which is more than the rest of the counting.
 */
export class Timings {
  readonly #options: TimingsOptions;
  readonly #cells = new Map<string, Cell>();

  constructor(options: TimingsOptions) {
    this.#options = options;
  }

  observe(milliseconds: number, value = ''): void {
    const { buckets } = this.#options;
    const cell = this.#cells.get(value) ?? this.#add(value);
    const seconds = milliseconds / 1000;
    let at = 0;
    while (at < buckets.length && seconds > (buckets[at] ?? 0)) at += 1;
    cell.counts[at] = (cell.counts[at] ?? 0) + 1;
    cell.seconds += seconds;
  }

  text(): string {
    const { name, help } = this.#options;
    const lines = Array.from(this.#cells, ([value, cell]) => this.#linesOf(value, cell));
    return [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...lines.flat(), ''].join('\n');
  }

  #add(value: string): Cell {
    const cell = { counts: this.#options.buckets.map(() => 0), seconds: 0 };
    this.#cells.set(value, cell);
    return cell;
  }

  #linesOf(value: string, { counts, seconds }: Cell): readonly string[] {
    const { name, label, buckets } = this.#options;
    const own = label === undefined ? [] : [`${label}="${value}"`];
    const labels = own.length === 0 ? '' : `{${own.join(',')}}`;
    let sum = 0;
    const lines = [...buckets, '+Inf'].map((bound, at) => {
      sum += counts[at] ?? 0;
      return `${name}_bucket{${[...own, `le="${bound}"`].join(',')}} ${sum}`;
    });
    return [...lines, `${name}_sum${labels} ${seconds}`, `${name}_count${labels} ${sum}`];
  }
}
