import { expect, test } from 'vitest';
import { Timings } from './timings.ts';

test('times are counted in their bucket and in every larger one, with sum and count', () => {
  const timings = new Timings({ name: 'x_seconds', help: 'Times', label: 'door', buckets: [0.25, 0.5] });
  for (const milliseconds of [125, 250, 500, 1000]) timings.observe(milliseconds, 'tftp');
  expect(timings.text()).toBe(
    [
      '# HELP x_seconds Times',
      '# TYPE x_seconds histogram',
      'x_seconds_bucket{door="tftp",le="0.25"} 2',
      'x_seconds_bucket{door="tftp",le="0.5"} 3',
      'x_seconds_bucket{door="tftp",le="+Inf"} 4',
      'x_seconds_sum{door="tftp"} 1.875',
      'x_seconds_count{door="tftp"} 4',
      '',
    ].join('\n'),
  );
});

test('without a label there is one line of each', () => {
  const timings = new Timings({ name: 'y_seconds', help: 'Times', buckets: [1] });
  timings.observe(250);
  expect(timings.text()).toContain('y_seconds_bucket{le="1"} 1\ny_seconds_bucket{le="+Inf"} 1\ny_seconds_sum 0.25\n');
});
