import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { cx } from './class-names.ts';
import { copyText } from './clipboard.ts';
import './data-table.css';
import { Icon } from './icon.tsx';
import { sortRows, tableText, type Sort } from './table-model.ts';

export interface TableColumn<Row> {
  readonly id: string;
  /** With its unit, once: "Net sales, KES M". */
  readonly header: string;
  readonly align?: 'left' | 'right';
  /** CSS width: fixes the column, so that rows that scroll in do not move it. */
  readonly width?: string;
  render(row: Row): ReactNode;
  /** What copying gives. */
  text(row: Row): string;
  /** Absent: the column does not sort. Blanks sort last either way. */
  readonly sortValue?: (row: Row) => number | string | null;
  readonly total?: ReactNode;
  readonly totalText?: string;
}

export interface DataTableProps<Row> {
  label: string;
  columns: readonly TableColumn<Row>[];
  rows: readonly Row[];
  rowKey(row: Row): string;
  defaultSort?: Sort;
  /** Shows the totals row (`total` of each column). */
  totals?: boolean;
  /** Scrolls within this height in px; long tables then draw only the rows in sight. */
  maxHeightPx?: number;
  onRowActivate?: ((row: Row) => void) | undefined;
  isSelected?: ((row: Row) => boolean) | undefined;
  rowHeightPx?: number;
}

const VIRTUAL_FROM = 80;

/**
 * Sortable table with sticky head and totals. Arrow keys, Home and End move between rows, Enter activates one,
 * Ctrl+C copies the table (or the selected text) with its heads.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, totals = false, maxHeightPx, onRowActivate, isSelected } = props;
  const rowHeightPx = props.rowHeightPx ?? 30;
  const [sort, setSort] = useState<Sort | null>(props.defaultSort ?? null);
  const [active, setActive] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const sorted = useMemo(() => sortRows(rows, columns, sort), [rows, columns, sort]);
  const virtual = maxHeightPx !== undefined && sorted.length > VIRTUAL_FROM;
  const virtualizer = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: 12,
    enabled: virtual,
  });
  const items = virtual ? virtualizer.getVirtualItems() : null;
  const firstIndex = items?.[0]?.index ?? 0;
  const shown = items ? sorted.slice(firstIndex, firstIndex + items.length) : sorted;
  const before = firstIndex * rowHeightPx;
  const after = items ? (sorted.length - firstIndex - items.length) * rowHeightPx : 0;

  const focusRow = (index: number) => {
    const next = Math.max(0, Math.min(sorted.length - 1, index));
    setActive(next);
    if (virtual) virtualizer.scrollToIndex(next);
    requestAnimationFrame(() =>
      scroller.current
        ?.querySelector<HTMLElement>(`tr[data-row="${next}"]`)
        ?.focus({ preventScroll: virtual }),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'c' && !String(getSelection() ?? '')) {
      event.preventDefault();
      void copyText(tableText(sorted, columns, totals));
      return;
    }
    if (!(event.target instanceof HTMLElement) || event.target.dataset['row'] === undefined) return;
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + 10,
      PageUp: active - 10,
      Home: 0,
      End: sorted.length - 1,
    };
    const next = moves[event.key];
    const row = sorted[active];
    if (next !== undefined) {
      event.preventDefault();
      focusRow(next);
    } else if ((event.key === 'Enter' || event.key === ' ') && onRowActivate && row !== undefined) {
      event.preventDefault();
      onRowActivate(row);
    }
  };

  return (
    <div
      className="ui-table-scroll"
      ref={scroller}
      style={maxHeightPx === undefined ? undefined : { maxHeight: maxHeightPx }}
      onKeyDown={onKeyDown}
      role="presentation"
    >
      <table className="ui-table" aria-label={label} aria-rowcount={sorted.length + 1}>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeadCell key={column.id} column={column} sort={sort} onSort={setSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr style={{ height: before }} aria-hidden="true" />}
          {shown.map((row, offset) => {
            const index = firstIndex + offset;
            const selected = isSelected?.(row);
            return (
              <tr
                key={rowKey(row)}
                data-row={index}
                aria-rowindex={index + 2}
                tabIndex={index === Math.min(active, sorted.length - 1) ? 0 : -1}
                aria-selected={selected}
                className={cx(onRowActivate && 'is-clickable', selected && 'is-selected')}
                onFocus={() => setActive(index)}
                onClick={onRowActivate ? () => onRowActivate(row) : undefined}
              >
                {columns.map((column) => (
                  <td key={column.id} className={column.align === 'right' ? 'num' : undefined}>
                    {column.render(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          {after > 0 && <tr style={{ height: after }} aria-hidden="true" />}
        </tbody>
        {totals && (
          <tfoot>
            <tr>
              {columns.map((column) => (
                <td key={column.id} className={column.align === 'right' ? 'num' : undefined}>
                  {column.total}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

function HeadCell<Row>({
  column,
  sort,
  onSort,
}: {
  column: TableColumn<Row>;
  sort: Sort | null;
  onSort(sort: Sort): void;
}) {
  const direction = sort?.column === column.id ? sort.direction : null;
  const numeric = column.align === 'right';
  return (
    <th
      scope="col"
      className={numeric ? 'num' : undefined}
      style={column.width === undefined ? undefined : { width: column.width }}
      aria-sort={
        direction === null
          ? column.sortValue
            ? 'none'
            : undefined
          : direction === 'asc'
            ? 'ascending'
            : 'descending'
      }
    >
      {column.sortValue ? (
        <button
          type="button"
          onClick={() => {
            const first = numeric ? 'desc' : 'asc';
            const other = first === 'asc' ? 'desc' : 'asc';
            onSort({ column: column.id, direction: direction === first ? other : first });
          }}
        >
          {column.header}
          <Icon
            name={direction === 'asc' ? 'chevron-up' : 'chevron-down'}
            size={10}
            className={direction === null ? 'is-idle' : ''}
          />
        </button>
      ) : (
        column.header
      )}
    </th>
  );
}
