import type { TableWriter } from '../../services/imports/ports.ts';
import { writeAtomically } from './atomic-file.ts';

const PIECE_CHARACTERS = 256 * 1024;
const FORMULA_START = /^[=+\-@\t\r]/;
const PURE_NUMBER = /^[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)%?$/;

/** A cell that a spreadsheet would run as a formula gets an apostrophe in front; pure numbers stay as they are. */
export function neutralise(cell: string): string {
  return FORMULA_START.test(cell) && !PURE_NUMBER.test(cell) ? `'${cell}` : cell;
}

function csvCell(cell: string): string {
  const safe = neutralise(cell);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180 with a UTF-8 mark, which Excel needs to read it as UTF-8. */
export function createCsvTableWriter(): TableWriter {
  return {
    async write(path, table) {
      let rows = 0;
      await writeAtomically(path, async (file) => {
        let piece = `\uFEFF${table.header.map(csvCell).join(',')}\r\n`;
        for await (const row of table.rows) {
          rows += 1;
          piece += `${row.map(csvCell).join(',')}\r\n`;
          if (piece.length < PIECE_CHARACTERS) continue;
          await file.writeFile(piece);
          piece = '';
        }
        await file.writeFile(piece);
      });
      return { rows };
    },
  };
}
