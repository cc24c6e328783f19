import { Select, type ComboboxItem, type ComboboxItemGroup } from '@mantine/core';
import type { ColumnSource } from '#shared/domain/mapping';
import { isNumeric } from '#shared/domain/mapping-check';
import type { InspectedColumn, InspectedTable } from '#shared/domain/tables';
import { Icon } from '../../../ui/icon.tsx';
import type { SalesFieldDefinition, SourceChoice } from './mapping-draft.ts';
import styles from './source-select.module.css';

export const SELECT_CLASSES = {
  input: styles.input ?? '',
  section: styles.section ?? '',
  dropdown: styles.dropdown ?? '',
  option: styles.option ?? '',
  groupLabel: styles.group ?? '',
};

/** Where a field comes from: a column of the file (searchable, with samples), one value, a computation, or nothing. */
export function SourceSelect({
  id,
  field,
  table,
  source,
  invalid,
  onChoose,
}: {
  id: string;
  field: SalesFieldDefinition;
  table: InspectedTable;
  source: ColumnSource | undefined;
  invalid: boolean;
  onChoose: (choice: SourceChoice) => void;
}) {
  const columns = table.columns.map((column) => ({ value: `column:${column.index}`, label: column.name }));
  const data: (ComboboxItem | ComboboxItemGroup<ComboboxItem>)[] = [
    ...(field.required ? [] : [{ value: 'blank', label: 'Leave blank' }]),
    { group: 'Columns of the file', items: columns },
    {
      group: 'Without a column',
      items: [
        { value: 'constant', label: 'One value for all rows…' },
        ...(isNumeric(field.type) ? [{ value: 'computed', label: 'Compute from columns…' }] : []),
      ],
    },
  ];
  return (
    <Select
      id={id}
      data={data}
      value={valueOf(source) ?? (field.required ? null : 'blank')}
      placeholder="Choose a column"
      onChange={(value) => onChoose(choiceOf(value))}
      searchable
      allowDeselect={false}
      maxDropdownHeight={340}
      nothingFoundMessage="No column of that name"
      error={invalid}
      withErrorStyles={invalid}
      rightSection={<Icon name="chevron-down" size={14} />}
      rightSectionPointerEvents="none"
      classNames={SELECT_CLASSES}
      renderOption={({ option, checked }) => (
        <Option option={option} checked={checked ?? false} columns={table.columns} />
      )}
    />
  );
}

function Option({
  option,
  checked,
  columns,
}: {
  option: ComboboxItem;
  checked: boolean;
  columns: readonly InspectedColumn[];
}) {
  const choice = choiceOf(option.value);
  const column = choice.kind === 'column' ? columns[choice.column] : undefined;
  const samples =
    column?.samples
      .filter((sample) => sample !== '')
      .slice(0, 3)
      .join(', ') ?? '';
  return (
    <span className={styles.line}>
      <span className="grow ellipsis">
        {option.label}
        {column && <small>{samples === '' ? 'empty column' : samples}</small>}
      </span>
      {checked && <Icon name="check" size={14} />}
    </span>
  );
}

function valueOf(source: ColumnSource | undefined): string | null {
  if (!source) return null;
  return source.kind === 'column' ? `column:${source.column}` : source.kind;
}

function choiceOf(value: string | null): SourceChoice {
  if (value === 'constant' || value === 'computed') return { kind: value };
  const match = /^column:(\d+)$/.exec(value ?? '');
  return match ? { kind: 'column', column: Number(match[1]) } : { kind: 'blank' };
}
