/** One figure that is judged. */
export interface Mark {
  readonly title: string;
  readonly unit: string;
  readonly floor: number;
  /** What we are after; where there is none, the floor is all. */
  readonly aim?: number;
  /** `at_least`: a ratio to reach; `at_most`: a time, size or count not to exceed. */
  readonly sense: 'at_least' | 'at_most';
}

/** What came of a mark, and the figures behind it. */
export interface Result {
  readonly figure: number;
  readonly detail: string;
  /** Where the floor follows from what this machine can do. */
  readonly floor?: number;
}

/** A goal of the design, with as many results as it has marks, in their order. */
export interface Goal {
  readonly id: string;
  readonly marks: readonly Mark[];
  readonly run: () => Promise<readonly Result[]>;
}
