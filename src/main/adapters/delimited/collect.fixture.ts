import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '#shared/domain/findings';
import type { Dialect } from '#shared/domain/tables';
import type { BrokenRecord, OpenedFile, SkippedLine, TableSource } from '../../services/reading/ports.ts';
import { openDelimited } from './open-delimited.ts';

export interface Collected {
  readonly records: string[][];
  readonly rows: number[];
  readonly broken: BrokenRecord[];
  readonly skipped: SkippedLine[];
  readonly findings: Finding[];
}

/** Everything that a table gives, as strings. */
export async function collect(table: TableSource, signal = new AbortController().signal): Promise<Collected> {
  const all: Collected = { records: [], rows: [], broken: [], skipped: [], findings: [] };
  for await (const event of table.events(signal)) {
    if (event.kind === 'broken') all.broken.push(...event.records);
    else if (event.kind === 'skipped') all.skipped.push(...event.lines);
    else {
      const { bytes, columns, records, starts, ends, rows, findings } = event.batch;
      all.findings.push(...findings);
      for (let record = 0; record < records; record += 1) {
        all.rows.push(rows[record] ?? 0);
        all.records.push(
          Array.from({ length: columns }, (_, column) => {
            const slot = record * columns + column;
            return Buffer.from(bytes.slice(starts[slot], ends[slot])).toString('utf8');
          }),
        );
      }
    }
  }
  return all;
}

/** Writes bytes to a file of its own, opens it and hands it over; cleans up in any case. */
export async function withFile<T>(
  content: string | Uint8Array,
  use: (file: OpenedFile, path: string) => Promise<T>,
  dialect?: Dialect,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'mauzo-delimited-'));
  try {
    const path = join(folder, 'sales.csv');
    await writeFile(path, content);
    const signal = new AbortController().signal;
    const file = await openDelimited(path, {
      signal,
      fileName: 'sales.csv',
      ...(dialect ? { dialect } : {}),
    });
    try {
      return await use(file, path);
    } finally {
      await file.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Reads the first table of a file with all that is known about it. */
export async function readAll(
  content: string | Uint8Array,
  dialect?: Dialect,
): Promise<Collected & { file: OpenedFile; header: readonly string[] }> {
  return withFile(
    content,
    async (file) => {
      const [table] = file.tables;
      if (table === undefined) throw new Error('no table');
      return { ...(await collect(table)), file, header: table.header };
    },
    dialect,
  );
}
