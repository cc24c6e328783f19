import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { cx } from '../../../ui/class-names.ts';
import { formatNumber } from '../../../ui/format.ts';
import type { GridColumn, GridRow } from './findings-model.ts';
import styles from './row-grid.module.css';

export interface GridPosition {
  readonly row: number;
  /** Index in `columns`; -1 is the problem column. */
  readonly column: number;
}

const ROW_PX = 32;
const ROW_NUMBER_PX = 76;
const PAGE_ROWS = 10;

/**
 * Rows of a file, drawn only where they are in sight. Row and Problem stay at the left. Arrow keys, Page Up and Down,
 * Home and End move the focused cell; what is wrong with it is said by the bar above (`onMove`).
 */
export function RowGrid({
  label,
  columns,
  total,
  problemWidthPx = 132,
  rowAt,
  onRange,
  position,
  onMove,
}: {
  label: string;
  columns: readonly GridColumn[];
  total: number;
  problemWidthPx?: number;
  /** Undefined while the row is being fetched. */
  rowAt: (index: number) => GridRow | undefined;
  onRange: (first: number, last: number) => void;
  position: GridPosition | null;
  onMove: (position: GridPosition) => void;
}) {
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState(false);
  const frozenPx = ROW_NUMBER_PX + problemWidthPx;
  const rows = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
    scrollPaddingStart: 28,
  });
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => columns[index]?.widthPx ?? 96,
    overscan: 3,
    scrollMargin: frozenPx,
    scrollPaddingStart: frozenPx,
  });
  const shownRows = rows.getVirtualItems();
  const shownColumns = across.getVirtualItems();
  const first = shownRows[0]?.index ?? 0;
  const last = shownRows.at(-1)?.index ?? 0;
  useEffect(() => onRange(first, last), [first, last, onRange]);
  useEffect(() => across.measure(), [across, columns]);

  const move = (next: GridPosition) => {
    const row = Math.max(0, Math.min(total - 1, next.row));
    const column = Math.max(-1, Math.min(columns.length - 1, next.column));
    rows.scrollToIndex(row);
    if (column >= 0) across.scrollToIndex(column);
    onMove({ row, column });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = position ?? { row: 0, column: -1 };
    const next = keyTarget(event, at, total, columns.length);
    if (!next) return;
    event.preventDefault();
    move(next);
  };

  const width = frozenPx + columns.reduce((sum, column) => sum + column.widthPx, 0);
  const cellId = (row: number, column: number) => `${id}-${row}-${column}`;
  return (
    <div
      ref={scroller}
      className={styles.grid}
      role="grid"
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length + 2}
      aria-activedescendant={position && focused ? cellId(position.row, position.column) : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onFocus={() => {
        setFocused(true);
        if (!position && total > 0) onMove({ row: 0, column: -1 });
      }}
      onBlur={() => setFocused(false)}
      style={{
        ['--w-number' as string]: `${ROW_NUMBER_PX}px`,
        ['--w-problem' as string]: `${problemWidthPx}px`,
      }}
    >
      <div className={styles.canvas} style={{ width, height: rows.getTotalSize() + 28 }}>
        <div className={styles.head} role="row" aria-rowindex={1}>
          <span className={cx(styles.cell, styles.number)} role="columnheader" aria-colindex={1}>
            Row
          </span>
          <span className={cx(styles.cell, styles.problem)} role="columnheader" aria-colindex={2}>
            Problem
          </span>
          {shownColumns.map((virtual) => {
            const column = columns[virtual.index];
            return (
              column && (
                <span
                  key={virtual.key}
                  className={cx(styles.cell, styles.free, column.numeric && styles.right)}
                  role="columnheader"
                  aria-colindex={virtual.index + 3}
                  title={column.header}
                  style={{ left: virtual.start, width: column.widthPx }}
                >
                  {column.header}
                </span>
              )
            );
          })}
        </div>
        {shownRows.map((virtual) => {
          const row = rowAt(virtual.index);
          const current = position?.row === virtual.index;
          return (
            <div
              key={virtual.key}
              className={cx(styles.row, current && styles.current)}
              role="row"
              aria-rowindex={virtual.index + 2}
              aria-busy={row === undefined || undefined}
              style={{ transform: `translateY(${virtual.start + 28}px)` }}
            >
              <span className={cx(styles.cell, styles.number)} role="rowheader" aria-colindex={1}>
                {row ? formatNumber(row.row) : ''}
              </span>
              <span
                id={cellId(virtual.index, -1)}
                className={cx(styles.cell, styles.problem, current && position.column === -1 && styles.focus)}
                role="gridcell"
                aria-colindex={2}
                title={row?.reason}
                onMouseDown={() => onMove({ row: virtual.index, column: -1 })}
              >
                {row ? row.problem : <i className={styles.loading} />}
              </span>
              {shownColumns.map((across) => {
                const column = columns[across.index];
                if (!column) return null;
                const cell = row?.cells[column.index] ?? '';
                const reason = row?.marks.get(column.index);
                return (
                  <span
                    key={across.key}
                    id={cellId(virtual.index, across.index)}
                    className={cx(
                      styles.cell,
                      styles.free,
                      column.numeric && styles.right,
                      reason !== undefined && styles.bad,
                      current && position.column === across.index && styles.focus,
                    )}
                    role="gridcell"
                    aria-colindex={across.index + 3}
                    aria-invalid={reason !== undefined || undefined}
                    title={cell}
                    style={{ left: across.start, width: column.widthPx }}
                    onMouseDown={() => onMove({ row: virtual.index, column: across.index })}
                  >
                    {row && (cell === '' && reason !== undefined ? <em>empty</em> : cell)}
                  </span>
                );
              })}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function keyTarget(
  event: KeyboardEvent,
  at: GridPosition,
  total: number,
  columns: number,
): GridPosition | null {
  const whole = event.ctrlKey || event.metaKey;
  switch (event.key) {
    case 'ArrowDown':
      return { ...at, row: at.row + 1 };
    case 'ArrowUp':
      return { ...at, row: at.row - 1 };
    case 'ArrowRight':
      return { ...at, column: at.column + 1 };
    case 'ArrowLeft':
      return { ...at, column: at.column - 1 };
    case 'PageDown':
      return { ...at, row: at.row + PAGE_ROWS };
    case 'PageUp':
      return { ...at, row: at.row - PAGE_ROWS };
    case 'Home':
      return whole ? { row: 0, column: -1 } : { ...at, column: -1 };
    case 'End':
      return whole ? { row: total - 1, column: columns - 1 } : { ...at, column: columns - 1 };
    default:
      return null;
  }
}
