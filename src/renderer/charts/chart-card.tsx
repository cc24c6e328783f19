import { useState, type ReactNode } from 'react';
import { IconButton } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { DataTable, type DataTableProps } from '../ui/data-table.tsx';

export interface LegendEntry {
  readonly label: string;
  readonly kind: 'current' | 'previous' | 'deep' | 'line';
}

/** A chart with its legend, and the same figures as a table one click away. */
export function ChartCard<Row>({
  title,
  unit,
  legend,
  table,
  children,
  footnote,
}: {
  title: string;
  unit?: ReactNode;
  legend: readonly LegendEntry[];
  table: DataTableProps<Row>;
  children: ReactNode;
  footnote?: ReactNode;
}) {
  const [asTable, setAsTable] = useState(false);
  return (
    <Card
      title={title}
      unit={unit}
      flush={asTable}
      actions={
        <>
          {!asTable && (
            <div className="chart-legend">
              {legend.map((entry) => (
                <span key={entry.label}>
                  <i className={`is-${entry.kind}`} />
                  {entry.label}
                </span>
              ))}
            </div>
          )}
          <IconButton
            size="s"
            icon={asTable ? 'bars' : 'table'}
            label={asTable ? 'Show as chart' : 'Show as table'}
            onClick={() => setAsTable(!asTable)}
          />
        </>
      }
    >
      {asTable ? <DataTable {...table} /> : children}
      {!asTable && footnote && <p className="ui-card-note">{footnote}</p>}
    </Card>
  );
}
