import type { DuckDBConnection } from '@duckdb/node-api';
import type { PublishedChunk } from '../../services/publishing/ports.ts';
import { readRows } from './locked-database.ts';
import { quoteString } from './sql-text.ts';

/** What is remembered of chunk files; they are immutable, so a path is asked about once. */
export interface FileFacts {
  /** Columns that some row of these files lacks. */
  nullableColumns(
    connection: DuckDBConnection,
    chunks: readonly PublishedChunk[],
  ): Promise<ReadonlySet<string>>;
}

const MAX_REMEMBERED = 5_000;

export function createFileFacts(): FileFacts {
  const nullableByPath = new Map<string, readonly string[]>();
  return {
    async nullableColumns(connection, chunks) {
      const unknown = chunks.map(({ path }) => path).filter((path) => !nullableByPath.has(path));
      if (unknown.length > 0) {
        if (nullableByPath.size + unknown.length > MAX_REMEMBERED) nullableByPath.clear();
        for (const [path, columns] of await readNullable(connection, unknown))
          nullableByPath.set(path, columns);
      }
      return new Set(chunks.flatMap(({ path }) => nullableByPath.get(path) ?? []));
    },
  };
}

/** From the statistics of each row group; a row group without the statistic counts as lacking values. */
async function readNullable(
  connection: DuckDBConnection,
  paths: readonly string[],
): Promise<Map<string, readonly string[]>> {
  const rows = await readRows(
    connection,
    `SELECT file_name, path_in_schema FROM parquet_metadata([${paths.map(quoteString).join(', ')}])
     GROUP BY 1, 2 HAVING bool_or(stats_null_count IS NULL OR stats_null_count > 0)`,
  );
  const found = new Map<string, string[]>(paths.map((path) => [path, []]));
  for (const [path, column] of rows) found.get(String(path))?.push(String(column));
  return found;
}
