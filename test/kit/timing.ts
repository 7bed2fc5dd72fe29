/** The middle of an even or odd number of measurements. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
}

// Abramowitz and Stegun, 26.2.17: the error is below 7.5e-8.
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

/**
 * Two-sided p of the Mann-Whitney U test with the normal approximation, for hundreds of measurements: how often two samples of
 * one and the same thing would be ordered as unevenly as these. Times of a fine clock have no ties worth a correction.
 */
export function mannWhitneyP(one: readonly number[], other: readonly number[]): number {
  const ranked = [...one.map((value) => ({ value, first: true })), ...other.map((value) => ({ value, first: false }))];
  ranked.sort((a, b) => a.value - b.value);
  const rankSum = ranked.reduce((sum, { first }, place) => (first ? sum + place + 1 : sum), 0);
  const pairs = one.length * other.length;
  const u = rankSum - (one.length * (one.length + 1)) / 2;
  const deviation = Math.sqrt((pairs * (one.length + other.length + 1)) / 12);
  return 2 * upperTail(Math.abs(u - pairs / 2) / deviation);
}
