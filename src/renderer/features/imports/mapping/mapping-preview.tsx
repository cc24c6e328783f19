import type { Mapping } from '#shared/domain/mapping';
import { isNumeric } from '#shared/domain/mapping-check';
import { SALES_FIELDS } from '#shared/domain/sales-schema';
import type { InspectedTable } from '#shared/domain/tables';
import { cx } from '../../../ui/class-names.ts';
import { formatNumber } from '../../../ui/format.ts';
import { formatDecimal } from '../model/decimal-text.ts';
import { previewCell, type PreviewCell, type SalesFieldDefinition } from './mapping-draft.ts';
import styles from './mapping-preview.module.css';
import { dateWords } from './style-choice.tsx';

const SHOWN_ROWS = 6;

/** The first rows as they would be read with the mapping as it stands. */
export function MappingPreview({ mapping, table }: { mapping: Mapping; table: InspectedTable }) {
  const fields = SALES_FIELDS.filter((field) => field.required || mapping.fields[field.id]);
  const rows = table.sampleRows
    .slice(0, SHOWN_ROWS)
    .map((cells, index) => ({ number: table.firstDataRow + index, cells }));
  return (
    // A part that scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={styles.box} aria-label="First rows as they would be read" tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col" className="num">
              Row
            </th>
            {fields.map((field) => (
              <th key={field.id} scope="col" className={cx(isNumeric(field.type) && 'num')}>
                {field.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ number, cells }) => (
            <tr key={number}>
              <th scope="row" className="num">
                {formatNumber(number)}
              </th>
              {fields.map((field) => {
                const cell = previewCell(field, mapping.fields[field.id], table, cells);
                return (
                  <td
                    key={field.id}
                    className={cx(isNumeric(field.type) && 'num', !cell.fits && styles.bad)}
                    title={cell.found === '' ? undefined : `In the file: ${cell.found}`}
                  >
                    {words(field, cell)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function words(field: SalesFieldDefinition, cell: PreviewCell): string {
  if (cell.text === null) return '–';
  if (!cell.fits) return cell.text;
  if (field.type === 'timestamp') return dateWords(cell.text);
  return isNumeric(field.type)
    ? formatDecimal(cell.text, { places: field.type === 'money' ? 2 : 0 })
    : cell.text;
}
