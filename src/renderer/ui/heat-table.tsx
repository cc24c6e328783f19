import { useRef, useState, type KeyboardEvent } from 'react';
import { cx } from './class-names.ts';
import { heatClass, type HeatScale } from './heat-scale.ts';
import './heat-table.css';
import { Icon } from './icon.tsx';

export interface HeatAxisEntry {
  /** Null: rows without a value in this dimension. */
  readonly value: string | null;
  readonly label: string;
  readonly total: string;
  readonly warning?: string | undefined;
}

export interface HeatCell {
  readonly value: number | null;
  readonly text: string;
}

export interface HeatPick {
  readonly row: HeatAxisEntry | null;
  readonly column: HeatAxisEntry | null;
}

/**
 * A coloured table; totals are plain text. Blank cells are hatched: no data is not 0. One tab stop; arrow keys, Home
 * and End reach every head and cell; Enter or a click on a head or cell picks it.
 */
export function HeatTable({
  label,
  rowName,
  rows,
  columns,
  cell,
  scale,
  grandTotal,
  onPick,
}: {
  label: string;
  rowName: string;
  rows: readonly HeatAxisEntry[];
  columns: readonly HeatAxisEntry[];
  cell(row: number, column: number): HeatCell;
  scale: HeatScale;
  grandTotal: string;
  onPick(pick: HeatPick): void;
}) {
  const root = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState({ row: 0, column: 0 });
  const at = (row: number, column: number) => ({
    'data-at': `${row}:${column}`,
    tabIndex: active.row === row && active.column === column ? 0 : -1,
    onFocus: () => setActive({ row, column }),
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const { row, column } = active;
    const next: Record<string, [number, number]> = {
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column],
      Home: event.ctrlKey ? [-1, 0] : [row, row < 0 ? 0 : -1],
      End: [event.ctrlKey ? rows.length - 1 : row, columns.length - 1],
    };
    const to = next[event.key];
    if (!to) return;
    event.preventDefault();
    const toRow = Math.max(-1, Math.min(rows.length - 1, to[0]));
    const toColumn = Math.max(toRow < 0 ? 0 : -1, Math.min(columns.length - 1, to[1]));
    root.current?.querySelector<HTMLElement>(`[data-at="${toRow}:${toColumn}"]`)?.focus();
  };
  return (
    <div className="ui-heat-scroll" ref={root} role="presentation" onKeyDown={onKeyDown}>
      <table className="ui-heat" aria-label={label}>
        <colgroup>
          <col style={{ width: labelWidthPx(rows) }} />
          {columns.map((column) => (
            <col key={column.label} />
          ))}
          <col style={{ width: totalWidthPx(rows, grandTotal) }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col" className="ui-heat-corner">
              {rowName}
            </th>
            {columns.map((column, index) => (
              <th scope="col" key={column.label}>
                <button
                  type="button"
                  {...at(-1, index)}
                  title={`Show only ${column.label}`}
                  onClick={() => onPick({ row: null, column })}
                >
                  {column.label}
                </button>
              </th>
            ))}
            <th scope="col" className="ui-heat-total">
              Total
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, rowIndex) => (
            <tr key={row.label}>
              <th scope="row">
                <button
                  type="button"
                  {...at(rowIndex, -1)}
                  title={row.warning ?? `Show only ${row.label}`}
                  onClick={() => onPick({ row, column: null })}
                >
                  <span className="ellipsis">{row.label}</span>
                  {row.warning && <Icon name="warning" size={12} className="warn-fill" />}
                  {row.warning && <span className="sr">{row.warning}</span>}
                </button>
              </th>
              {columns.map((column, columnIndex) => {
                const { value, text } = cell(rowIndex, columnIndex);
                return (
                  <td
                    key={column.label}
                    className={cx(value === null ? 'is-blank' : heatClass(scale, value))}
                  >
                    <button
                      type="button"
                      {...at(rowIndex, columnIndex)}
                      title={`${row.label}, ${column.label}: ${text}`}
                      onClick={() => onPick({ row, column })}
                    >
                      {text}
                    </button>
                  </td>
                );
              })}
              <td className="ui-heat-total">{row.total}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            {columns.map((column) => (
              <td key={column.label}>{column.total}</td>
            ))}
            <td className="ui-heat-total">{grandTotal}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

/** Equal columns need fixed ones at both ends: about 6.6 px a letter at 12 px, and the warning sign. */
function labelWidthPx(rows: readonly HeatAxisEntry[]): number {
  const longest = rows.reduce(
    (most, row) => Math.max(most, row.label.length * 6.6 + (row.warning ? 16 : 0)),
    48,
  );
  return Math.min(176, Math.ceil(longest) + 16);
}

function totalWidthPx(rows: readonly HeatAxisEntry[], grandTotal: string): number {
  const longest = Math.max(grandTotal.length, ...rows.map((row) => row.total.length));
  return Math.max(48, longest * 7.5 + 12);
}

/** Prints the breaks below their steps. */
export function HeatLegend({
  scale,
  format,
  unit,
}: {
  scale: HeatScale;
  format(value: number): string;
  unit: string;
}) {
  if (scale.breaks.length === 0) return null;
  const probes = [Number.NEGATIVE_INFINITY, ...scale.breaks];
  return (
    <div className="ui-heat-legend">
      {probes.map((from, index) => (
        <span key={from}>
          <i className={heatClass(scale, from)} />
          {index === 0 ? (scale.kind === 'sequential' ? '0' : 'less') : format(from)}
        </span>
      ))}
      <em>{unit}</em>
    </div>
  );
}
