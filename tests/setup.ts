import fc from 'fast-check';

/** Every run tries the same cases: a property that fails does so for everybody. `SEED=n npx vitest run` looks at others. */
fc.configureGlobal({ seed: Number(process.env['SEED'] ?? 0x0780) });

/** Programs that tests start leave no process behind that prepares later runs; the test of that asks for it. */
process.env['STARLET_PREPARE'] ??= '0';
