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
const HEAD_PX = 28;
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
    scrollPaddingStart: HEAD_PX,
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
  const shown = across.getVirtualItems().flatMap((item) => {
    const column = columns[item.index];
    return column ? [{ at: item.index, column, startPx: item.start, endPx: item.end }] : [];
  });
  const leftPx = (shown[0]?.startPx ?? frozenPx) - frozenPx;
  const rightPx = Math.max(0, width - (shown.at(-1)?.endPx ?? frozenPx));
  const abovePx = shownRows[0]?.start ?? 0;
  const belowPx = Math.max(0, rows.getTotalSize() - (shownRows.at(-1)?.end ?? 0));
  const cellId = (row: number, column: number) => `${id}-${row}-${column}`;
  return (
    <div ref={scroller} className={styles.scroller}>
      <table
        className={styles.grid}
        // The grid pattern of ARIA on a real table: one tab stop, arrow keys inside.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role
        role="grid"
        aria-label={label}
        aria-rowcount={total + 1}
        aria-colcount={columns.length + 2}
        aria-activedescendant={position && focused ? cellId(position.row, position.column) : undefined}
        tabIndex={0}
        style={{ width }}
        onKeyDown={onKeyDown}
        onFocus={() => {
          setFocused(true);
          if (!position && total > 0) onMove({ row: 0, column: -1 });
        }}
        onBlur={() => setFocused(false)}
      >
        <colgroup>
          <col style={{ width: ROW_NUMBER_PX }} />
          <col style={{ width: problemWidthPx }} />
          {leftPx > 0 && <col style={{ width: leftPx }} />}
          {shown.map(({ at, column }) => (
            <col key={at} style={{ width: column.widthPx }} />
          ))}
          {rightPx > 0 && <col style={{ width: rightPx }} />}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" className={styles.number} aria-colindex={1}>
              Row
            </th>
            <th scope="col" className={styles.problem} style={{ left: ROW_NUMBER_PX }} aria-colindex={2}>
              Problem
            </th>
            {leftPx > 0 && <td aria-hidden="true" />}
            {shown.map(({ at, column }) => (
              <th
                key={at}
                scope="col"
                className={cx(column.numeric && styles.right)}
                aria-colindex={at + 3}
                title={column.header}
              >
                {column.header}
              </th>
            ))}
            {rightPx > 0 && <td aria-hidden="true" />}
          </tr>
        </thead>
        <tbody>
          {abovePx > 0 && <tr aria-hidden="true" style={{ height: abovePx }} />}
          {shownRows.map((virtual) => {
            const row = rowAt(virtual.index);
            const current = position?.row === virtual.index;
            return (
              <tr
                key={virtual.key}
                className={cx(current && styles.current)}
                aria-rowindex={virtual.index + 2}
                aria-busy={row === undefined || undefined}
              >
                <th scope="row" className={styles.number} aria-colindex={1}>
                  {row ? formatNumber(row.row) : ''}
                </th>
                <td
                  id={cellId(virtual.index, -1)}
                  className={cx(styles.problem, current && position.column === -1 && styles.focus)}
                  style={{ left: ROW_NUMBER_PX }}
                  aria-colindex={2}
                  title={row?.reason}
                  onMouseDown={() => onMove({ row: virtual.index, column: -1 })}
                >
                  {row ? row.problem : <i className={styles.loading} />}
                </td>
                {leftPx > 0 && <td aria-hidden="true" />}
                {shown.map(({ at, column }) => (
                  <Cell
                    key={at}
                    id={cellId(virtual.index, at)}
                    text={row?.cells[column.index]}
                    reason={row?.marks.get(column.index)}
                    numeric={column.numeric}
                    focused={current && position.column === at}
                    columnIndex={at + 3}
                    onPick={() => onMove({ row: virtual.index, column: at })}
                  />
                ))}
                {rightPx > 0 && <td aria-hidden="true" />}
              </tr>
            );
          })}
          {belowPx > 0 && <tr aria-hidden="true" style={{ height: belowPx }} />}
        </tbody>
      </table>
    </div>
  );
}

function Cell({
  id,
  text = '',
  reason,
  numeric,
  focused,
  columnIndex,
  onPick,
}: {
  id: string;
  text: string | undefined;
  reason: string | undefined;
  numeric: boolean;
  focused: boolean;
  columnIndex: number;
  onPick: () => void;
}) {
  const bad = reason !== undefined;
  return (
    <td
      id={id}
      className={cx(numeric && styles.right, bad && styles.bad, focused && styles.focus)}
      aria-colindex={columnIndex}
      aria-invalid={bad || undefined}
      title={text}
      onMouseDown={onPick}
    >
      {text === '' && bad ? <em>empty</em> : text}
    </td>
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
