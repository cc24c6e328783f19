// Loads every native package once, so that a missing one is named here and not in the middle of an import.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const checks = [
  { name: 'nodejs-polars', works: (polars) => polars.DataFrame({ a: [1] }).height === 1 },
  { name: '@duckdb/node-api', works: (duckdb) => typeof duckdb.DuckDBInstance.create === 'function' },
  { name: '@napi-rs/keyring', works: (keyring) => typeof keyring.Entry === 'function' },
  {
    name: 'node:sqlite',
    works: (sqlite) => new sqlite.DatabaseSync(':memory:').prepare('select 1 as one').get().one === 1,
  },
];

let missing = 0;
for (const { name, works } of checks) {
  try {
    if (!works(require(name))) throw new Error('it loads but does not answer as expected');
  } catch (error) {
    missing += 1;
    process.stderr.write(
      `\nThe native package ${name} cannot be loaded on ${process.platform} ${process.arch} with Node ${process.versions.node}.\n` +
        `  Cause: ${String(error && error.message).split('\n')[0]}\n` +
        '  Remedy: delete the folder node_modules and run the command again; npm leaves a package out in silence when\n' +
        '          the network fails or when this kind of machine has no prebuilt file for it.\n',
    );
  }
}
process.exit(missing === 0 ? 0 : 3);
