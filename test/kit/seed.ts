import fc from 'fast-check';

// Properties start from one seed, so that a red run is red again for whoever looks at it; FAST_CHECK_SEED tries another.
fc.configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED'] ?? 20_261_120) });
