/** Where readers of workbooks put the cells they meet. Rows come in ascending order; columns are zero-based. */
export interface RowSink {
  startRow(row: number): void;
  /** `kind` is a CellKind; `bytes` from `start` to `end` are the cell's UTF-8 text. */
  cell(column: number, kind: number, bytes: Uint8Array, start: number, end: number): void;
  /** Answers true when the caller should stop and hand over what was gathered. */
  endRow(): boolean;
}
