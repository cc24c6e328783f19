/** Import rules of docs/architecture.md, checked in CI. */
const inAdapter = (folder) => `^src/main/adapters/${folder}/`;
const sdk = (name, packages, folders) => ({
  name: `sdk-only-in-adapter-${name}`,
  comment: `${packages} is named only in its adapter`,
  severity: 'error',
  from: { path: '^src', pathNot: [...folders.map(inAdapter), '\\.test\\.tsx?$'] },
  to: { path: `^node_modules/${packages}` },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: { path: '^src' }, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        path: '^src',
        pathNot: ['\\.d\\.ts$', '\\.test\\.tsx?$', '\\.css$', '/assembly/', '^src/renderer/public/'],
      },
      to: {},
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: { path: '^src' },
      to: { couldNotResolve: true, pathNot: '^electron$|\\?|^virtual:' },
    },
    {
      name: 'shared-imports-only-shared-and-zod',
      severity: 'error',
      from: { path: '^src/shared', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^src/shared', '^node_modules/zod'] },
    },
    {
      name: 'services-import-shared-and-services',
      severity: 'error',
      from: { path: '^src/main/services', pathNot: '\\.(test|fixture)\\.ts$' },
      to: {
        pathNot: ['^src/shared', '^src/main/services', '^node_modules/zod'],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'services-see-other-areas-by-index-or-ports',
      severity: 'error',
      from: { path: '^src/main/services/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^src/main/services/([^/]+)/',
        pathNot: ['^src/main/services/$1/', '/(index|(store-)?ports)\\.ts$'],
      },
    },
    {
      name: 'electron-only-in-its-shell',
      severity: 'error',
      from: { path: '^src', pathNot: ['^src/main/electron/', '^src/main/index\\.ts$', '^src/preload/'] },
      to: { path: '^electron$|^node_modules/electron/' },
    },
    {
      name: 'renderer-imports-shared-and-itself',
      severity: 'error',
      from: { path: '^src/renderer' },
      to: { path: '^src/(main|preload)' },
    },
    {
      name: 'a-feature-never-imports-another',
      severity: 'error',
      from: { path: '^src/renderer/features/([^/]+)/' },
      to: { path: '^src/renderer/features/([^/]+)/', pathNot: '^src/renderer/features/$1/' },
    },
    sdk('aws', '@aws-sdk', ['s3']),
    sdk('smithy', '@smithy', ['s3']),
    sdk('polars', 'nodejs-polars', ['polars']),
    sdk('duckdb', '@duckdb', ['duckdb', 'parquet']),
    sdk('kysely', 'kysely', ['embedded', 'postgres', 'stores']),
    sdk('pg', 'pg', ['postgres']),
    sdk('keyring', '@napi-rs/keyring', ['keychain']),
    sdk('xlsx', '@e965/xlsx', ['spreadsheets']),
    sdk('yauzl', 'yauzl', ['spreadsheets']),
    sdk('iconv', 'iconv-lite', ['delimited', 'spreadsheets']),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['/assembly/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.json', '.mjs', '.cjs'],
    },
  },
};
