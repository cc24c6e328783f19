import fc from 'fast-check';

/**
 * Property tests draw the same cases in every run, so that a failure is the change's and not the draw's. Another seed
 * explores: `MAUZO_TEST_SEED=7 npm test unit`.
 */
fc.configureGlobal({ seed: Number(process.env['MAUZO_TEST_SEED'] ?? 20_261_123) });
