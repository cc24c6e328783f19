import { useId } from 'react';
import type { ColumnSource, DateOrder, Mapping, MappingSuggestion } from '#shared/domain/mapping';
import { DIMENSIONS, type Dimension } from '#shared/domain/sales-schema';
import { isNumeric, type MappingProblem } from '#shared/domain/mapping-check';
import type { InspectedColumn, InspectedTable } from '#shared/domain/tables';
import { Button } from '../../../ui/button.tsx';
import { cx } from '../../../ui/class-names.ts';
import { Icon } from '../../../ui/icon.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { costOfLeavingOut } from './field-costs.ts';
import styles from './field-row.module.css';
import {
  confidenceWords,
  dateQuestion,
  fieldOf,
  isSame,
  numberQuestion,
  sharedWith,
  sourceOfChoice,
  type ColumnSourceOf,
  type SalesFieldDefinition,
} from './mapping-draft.ts';
import { SourceSelect } from './source-select.tsx';
import { DateChoice, dateWords, NumberChoice } from './style-choice.tsx';
import { readDate } from './value-readings.ts';

/** One field of the sales schema: where it comes from, how it is written, and what is still open. */
export function FieldRow({
  field,
  table,
  mapping,
  suggestion,
  problem,
  missing,
  onChange,
  onForget,
}: {
  field: SalesFieldDefinition;
  table: InspectedTable;
  mapping: Mapping;
  suggestion: MappingSuggestion | undefined;
  problem: MappingProblem | undefined;
  missing: boolean;
  onChange: (source: ColumnSource | null) => void;
  /** A text is no longer read as another. */
  onForget: (field: Dimension, found: string) => void;
}) {
  const id = useId();
  const source = mapping.fields[field.id];
  return (
    <div className={cx(styles.field, missing && styles.open)}>
      <label htmlFor={id} className={styles.label}>
        {field.label}
        {missing && (
          <span className={styles.required}> {field.required && !source ? 'needed' : 'to be decided'}</span>
        )}
      </label>
      <div className={styles.control}>
        <SourceSelect
          id={id}
          field={field}
          table={table}
          source={source}
          invalid={missing}
          onChoose={(choice) => onChange(sourceOfChoice(choice, field, table, source))}
        />
        {source && (
          <SourceDetails
            field={field}
            table={table}
            source={source}
            label={field.label}
            onChange={onChange}
          />
        )}
        {source?.kind === 'column' && <ReadAsList field={field} mapping={mapping} onForget={onForget} />}
        <Hint
          field={field}
          table={table}
          mapping={mapping}
          source={source}
          suggestion={suggestion}
          problem={problem}
          missing={missing}
          onUse={onChange}
        />
      </div>
    </div>
  );
}

/** Texts of the file that stand for others, as they were answered once. */
function ReadAsList({
  field,
  mapping,
  onForget,
}: {
  field: SalesFieldDefinition;
  mapping: Mapping;
  onForget: (field: Dimension, found: string) => void;
}) {
  const dimension = DIMENSIONS.find((name) => name === field.id);
  const known = dimension === undefined ? [] : (mapping.values?.[dimension] ?? []);
  if (dimension === undefined || known.length === 0) return null;
  return (
    <ul className={styles.readAs} aria-label={`Names of ${field.label} that are read as others`}>
      {known.map(({ found, meant }) => (
        <li key={found}>
          <span className="grow">
            “{found}” is read as “{meant}”
          </span>
          <Button
            size="s"
            variant="ghost"
            title={`Read “${found}” as it is written`}
            onClick={() => onForget(dimension, found)}
          >
            Forget
          </Button>
        </li>
      ))}
    </ul>
  );
}

function SourceDetails({
  field,
  table,
  source,
  label,
  onChange,
}: {
  field: SalesFieldDefinition;
  table: InspectedTable;
  source: ColumnSource;
  label: string;
  onChange: (source: ColumnSource) => void;
}) {
  if (source.kind === 'column')
    return <ColumnDetails field={field} table={table} source={source} onChange={onChange} />;
  const constant = source.kind === 'constant';
  return (
    <input
      className={styles.input}
      aria-label={constant ? `${label}, the value for all rows` : `${label}, the computation`}
      value={constant ? source.value : source.expression}
      placeholder={constant ? placeholderOf(field) : 'Sales - Profit'}
      spellCheck={false}
      maxLength={500}
      onChange={(event) => {
        const text = event.currentTarget.value;
        onChange(constant ? { ...source, value: text } : { ...source, expression: text });
      }}
    />
  );
}

function placeholderOf(field: SalesFieldDefinition): string {
  if (field.type === 'timestamp') return '2026-10-31';
  return field.type === 'string' ? 'Kisumu' : '1';
}

function ColumnDetails({
  field,
  table,
  source,
  onChange,
}: {
  field: SalesFieldDefinition;
  table: InspectedTable;
  source: ColumnSourceOf<'column'>;
  onChange: (source: ColumnSource) => void;
}) {
  const column = table.columns[source.column];
  if (!column) return null;
  const dates = dateQuestion(field, column, source);
  const numbers = numberQuestion(field, column, source);
  const optional = !field.required && isNumeric(field.type);
  const blanks = optional && (column.blankShare > 0 || source.blankAs === 'zero');
  return (
    <>
      {!dates && field.type === 'timestamp' && <ReadAs column={column} source={source} />}
      {dates && (
        <DateChoice
          question={dates}
          chosen={source.dateOrder}
          onChoose={(dateOrder) => onChange({ ...source, dateOrder })}
        />
      )}
      {numbers && (
        <NumberChoice
          question={numbers}
          chosen={source.numberStyle}
          onChoose={(numberStyle) => onChange({ ...source, numberStyle })}
        />
      )}
      {blanks && (
        <div className={styles.blanks}>
          <span>Blank cells are</span>
          <Segmented
            label={`Blank cells of ${column.name} are`}
            value={source.blankAs}
            options={[
              { value: 'null', label: 'Not known' },
              { value: 'zero', label: 'Zero' },
            ]}
            onChange={(blankAs) => onChange({ ...source, blankAs })}
          />
        </div>
      )}
    </>
  );
}

/** The question itself stands above the hint: it need not be told again. */
function asksForStyle(
  field: SalesFieldDefinition,
  table: InspectedTable,
  source: ColumnSourceOf<'column'>,
): boolean {
  const column = table.columns[source.column];
  if (!column) return false;
  const question = dateQuestion(field, column, source) ?? numberQuestion(field, column, source);
  return question !== null && question.options.length > 1;
}

const ORDER_NAMES: Partial<Record<DateOrder, string>> = {
  'day-first': 'day first',
  'month-first': 'month first',
  'excel-1900': 'Excel numbers',
  'excel-1904': 'Excel numbers of an old Mac',
};

/** “4/10/2024 is 10 Apr 2024 (month first, as the other rows show)”: a settled order is told, not asked. */
function ReadAs({ column, source }: { column: InspectedColumn; source: ColumnSourceOf<'column'> }) {
  const order = source.dateOrder ?? column.dateOrder;
  const example = column.samples.find((sample) => sample.trim() !== '');
  const name = order ? ORDER_NAMES[order] : undefined;
  if (!order || name === undefined || example === undefined) return null;
  return (
    <p className={styles.hint}>
      “{example}” is {dateWords(readDate(example, order).text)}: {name}, as the rows of the file show.
    </p>
  );
}

function Hint({
  field,
  table,
  mapping,
  source,
  suggestion,
  problem,
  missing,
  onUse,
}: {
  field: SalesFieldDefinition;
  table: InspectedTable;
  mapping: Mapping;
  source: ColumnSource | undefined;
  suggestion: MappingSuggestion | undefined;
  problem: MappingProblem | undefined;
  missing: boolean;
  onUse: (source: ColumnSource) => void;
}) {
  if (problem && source?.kind === 'column' && asksForStyle(field, table, source))
    return (
      <p className={cx(styles.hint, styles.problem)}>
        Both readings fit the file. Please say which is meant.
      </p>
    );
  if (problem) {
    const where = problem.position === null ? '' : `At character ${problem.position}: `;
    return (
      <p className={cx(styles.hint, styles.problem)} role="alert">
        <Icon name="warning" size={12} />
        <span>
          {where}
          {problem.message}
        </span>
      </p>
    );
  }
  const offered = suggestion?.source ?? null;
  if (offered && !isSame(offered, source) && (!source || source.kind !== offered.kind))
    return (
      <p className={cx(styles.hint, styles.offer)}>
        <span className="grow">{suggestion?.reason}</span>
        <Button size="s" onClick={() => onUse(offered)}>
          Use {sourceWords(offered)}
        </Button>
      </p>
    );
  if (missing)
    return (
      <p className={cx(styles.hint, styles.problem)}>
        <Icon name="warning" size={12} />
        <span>
          {field.description} {suggestion?.reason}
        </span>
      </p>
    );
  if (!source) return <p className={styles.hint}>{costOfLeavingOut(field.id)}</p>;
  const shared = sharedWith(mapping, field.id);
  if (shared.length > 0)
    return (
      <p className={styles.hint}>
        The same column feeds {shared.map((other) => fieldOf(other).label).join(' and ')}.
      </p>
    );
  if (offered && isSame(offered, source) && suggestion)
    return (
      <p className={styles.hint}>
        <span className={styles[confidenceWords(suggestion.confidence).tone]}>
          {confidenceWords(suggestion.confidence).label}
        </span>{' '}
        {suggestion.reason}
      </p>
    );
  return <p className={styles.hint}>Chosen by you.</p>;
}

function sourceWords(source: ColumnSource): string {
  switch (source.kind) {
    case 'column':
      return `“${source.header}”`;
    case 'constant':
      return /^\d+$/.test(source.value) ? source.value : `“${source.value}”`;
    case 'computed':
      return source.expression;
    default:
      throw new Error(`unknown source ${JSON.stringify(source satisfies never)}`);
  }
}
