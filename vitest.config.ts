import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * `unit` tests lie beside the source; `contract`, `e2e` and `crash` drive a whole server over real sockets.
 * The trusted test CA must be in the environment before a worker starts (the service SDKs read
 * NODE_EXTRA_CA_CERTS once, at process start), so a global set-up makes it.
 *
 * Most of `unit` and `contract` is waiting, for disks, timeouts and clients: three files at a time take half as
 * long. What kills servers at full rate, and browsers, load a machine more: two at a time, after all others.
 *
 * Their files share three processes, one after another, and what one of them loaded: a server with its clients takes three seconds to
 * load. So no test may change what is its process's, and leave it so; and what it opened it closes.
 */
const SIDE_BY_SIDE = { isolate: false, maxWorkers: 3, sequence: { groupOrder: 0 } };
const IN_PAIRS = { maxWorkers: 2, sequence: { groupOrder: 1 } };

/** The same code in one file: its six hundred modules would be loaded again for every test file, half a second each time. */
const CHEVROTAIN = fileURLToPath(new URL('node_modules/chevrotain/lib/chevrotain.mjs', import.meta.url));

export default defineConfig({
  resolve: { alias: { chevrotain: CHEVROTAIN } },
  test: {
    pool: 'forks',
    reporters: ['default', './tests/compatibility-reporter.ts'],
    globalSetup: ['packages/testkit/src/global-setup.ts'],
    // They end what hangs; on a machine with other things to do, nothing else.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 10_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          ...SIDE_BY_SIDE,
        },
      },
      { extends: true, test: { name: 'contract', include: ['tests/contract/**/*.test.ts'], ...SIDE_BY_SIDE } },
      {
        extends: true,
        test: { name: 'crash', include: ['tests/crash/**/*.test.ts'], testTimeout: 300_000, ...IN_PAIRS },
      },
      { extends: true, test: { name: 'e2e', include: ['tests/e2e/**/*.test.ts'], testTimeout: 120_000, ...IN_PAIRS } },
    ],
  },
});
