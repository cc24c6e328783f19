import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { branchMonths } from './plan.mts';
import { allSales } from './sales.mts';
import { CLEAN_HEADER, centsText, cleanLine } from './text-files.mts';
import { createWorld } from './world.mts';
import { writeXlsx, type XlsxCell } from './xlsx-writer.mts';

/** Writes text as it comes, never holding more than about a megabyte. */
export async function writeText(path: string, parts: Iterable<string>, encoding: BufferEncoding = 'utf8') {
  const out = createWriteStream(path, { highWaterMark: 1024 * 1024 });
  const failed = new Promise<never>((_, reject) => out.once('error', reject));
  failed.catch(() => undefined);
  let pending = '';
  const flush = async () => {
    const bytes = Buffer.from(pending, encoding);
    pending = '';
    if (!out.write(bytes)) await Promise.race([once(out, 'drain'), failed]);
  };
  for (const part of parts) {
    pending += part;
    if (pending.length > 512 * 1024) await flush();
  }
  await flush();
  out.end();
  await Promise.race([once(out, 'finish'), failed]);
}

/**
 * A clean CSV of exactly `rows` rows over all branches and months, with two columns that no figure needs (document
 * number and barcode), as exports have; about 172 bytes a row: 300,000 rows are 51 MB, 2.9 million 500 MB.
 */
export async function writeLargeCsv(path: string, rows: number, seed: number): Promise<void> {
  const world = createWorld(seed, 400);
  function* lines() {
    yield `Document No,Barcode,${CLEAN_HEADER}`;
    let number = 100_000_000;
    for (const row of allSales(world, seed, branchMonths(world), rows)) {
      number += 1;
      yield `INV-${number},616${((number * 7_919) % 10_000_000_000) + 10_000_000_000},${cleanLine(row)}`;
    }
  }
  await writeText(path, lines());
}

/** The same rows as a workbook of 14 columns; a sheet holds at most 1,048,575 rows below its header. */
export async function writeLargeXlsx(path: string, rows: number, seed: number): Promise<void> {
  const world = createWorld(seed, 400);
  function* cells(): Generator<XlsxCell[]> {
    yield CLEAN_HEADER.trimEnd().split(',');
    for (const row of allSales(world, seed, branchMonths(world), Math.min(rows, 1_048_575))) {
      yield [
        { date: row.time },
        row.branch,
        row.productLine,
        row.itemGroup,
        row.item,
        row.salesPerson,
        row.account,
        row.customer,
        { number: centsText(row.revenueCents) },
        { number: centsText(row.returnsCents) },
        { number: String(row.unitsSold) },
        { number: String(row.unitsReturned) },
        { number: centsText(row.costCents) },
        { number: String(row.lines) },
      ];
    }
  }
  await writeXlsx(path, [{ name: 'Sales', rows: cells() }], 3);
}
