// The peer: DuckDB's bare CSV → Parquet copy, told the dialect and the types. Arguments: the CSV, the Parquet to write.
const { DuckDBInstance } = require('@duckdb/node-api');

const [, , input, output] = process.argv;
const quoted = (path) => `'${path.replaceAll("'", "''")}'`;

async function main() {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `copy (from read_csv(${quoted(input)}, header = true, delim = ',', quote = '"', escape = '"'))
     to ${quoted(output)} (format parquet, compression zstd)`,
  );
  connection.closeSync();
  instance.closeSync();
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
