import { Checkbox, Select } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { Output } from '#shared/contract/index';
import type { JobView } from '#shared/domain/job';
import { withoutReadAs, type ColumnSource, type Mapping } from '#shared/domain/mapping';
import { checkMapping } from '#shared/domain/mapping-check';
import { AUTO_APPLY_CONFIDENCE } from '#shared/domain/mapping-suggestion';
import type { SalesFieldId } from '#shared/domain/sales-schema';
import type { InspectedTable } from '#shared/domain/tables';
import { toAppError, type AppError } from '#shared/errors/app-error';
import { useEngine } from '../../../data/engine-context.ts';
import { useCall } from '../../../data/queries.ts';
import { Button } from '../../../ui/button.tsx';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { formatNumber, plural } from '../../../ui/format.ts';
import { Icon } from '../../../ui/icon.tsx';
import { Tag } from '../../../ui/tag.tsx';
import { PanelSection, SidePanel } from '../panel/side-panel.tsx';
import { FieldRow } from './field-row.tsx';
import { SELECT_CLASSES } from './source-select.tsx';
import { FIELD_GROUPS, fieldOf, unusedColumns, withSource } from './mapping-draft.ts';
import styles from './mapping-panel.module.css';
import { MappingPreview } from './mapping-preview.tsx';

type InspectionAnswer = Output<'jobs.inspection'>;

/** Which column, value or computation feeds each field; saving checks every row again. */
export function MappingPanel({
  job,
  onClose,
  onCancel,
}: {
  job: JobView;
  onClose: () => void;
  onCancel: () => void;
}) {
  const [table, setTable] = useState<number | null>(null);
  const answer = useCall('jobs.inspection', { jobId: job.jobId, ...(table === null ? {} : { table }) });
  const ready = answer.data && (table === null || answer.data.table === table) ? answer.data : null;
  if (!ready)
    return (
      <SidePanel label="Columns" title={job.fileName} tag={<NeededTag />} onClose={onClose}>
        <div className={styles.wait}>
          {answer.error ? (
            <ErrorPanel error={answer.error} onRetry={() => void answer.refetch()} />
          ) : (
            <p className="muted">Looking at the columns…</p>
          )}
        </div>
      </SidePanel>
    );
  return (
    <MappingEditor
      key={`${job.jobId} ${ready.table}`}
      job={job}
      answer={ready}
      onTable={setTable}
      onClose={onClose}
      onCancel={onCancel}
    />
  );
}

function NeededTag() {
  return (
    <Tag tone="warn" icon="edit">
      Columns
    </Tag>
  );
}

function MappingEditor({
  job,
  answer,
  onTable,
  onClose,
  onCancel,
}: {
  job: JobView;
  answer: InspectionAnswer;
  onTable: (table: number) => void;
  onClose: () => void;
  onCancel: () => void;
}) {
  const engine = useEngine();
  const queries = useQueryClient();
  const [mapping, setMapping] = useState<Mapping>(() => startingMapping(answer));
  const [remember, setRemember] = useState(true);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const rememberId = useId();
  const table = answer.inspection.tables[answer.table];
  if (!table) throw new Error(`the inspection has no table ${answer.table}`);
  const check = checkMapping(mapping, table);

  const save = () => {
    setBusy(true);
    setError(null);
    engine
      .call('jobs.map', { jobId: job.jobId, table: answer.table, mapping, remember })
      .then(
        async () => {
          await queries.invalidateQueries({ queryKey: ['call', 'jobs.inspection'] });
          onClose();
        },
        (thrown: unknown) => setError(toAppError(thrown)),
      )
      .finally(() => setBusy(false));
  };

  return (
    <SidePanel
      label="Columns"
      title={job.fileName}
      tag={<NeededTag />}
      subtitle={
        answer.remembered
          ? 'Filled in as you mapped files with these columns before.'
          : 'Say which column holds what. Every row is checked again when you save.'
      }
      onClose={onClose}
      footer={
        <>
          <Checkbox
            id={rememberId}
            checked={remember}
            onChange={(event) => setRemember(event.currentTarget.checked)}
            label="Remember for files with these columns"
            classNames={{ label: styles.remember ?? '', input: styles.check ?? '' }}
          />
          <span className="grow" />
          <Button variant="ghost" onClick={onCancel}>
            Cancel import
          </Button>
          <Button variant="primary" busy={busy} disabled={check.missing.length > 0} onClick={save}>
            Save and check
          </Button>
          {check.missing.length > 0 && <StillNeeded missing={check.missing} />}
        </>
      }
    >
      {error && (
        <div className={styles.part}>
          <ErrorPanel error={error} />
        </div>
      )}
      {answer.inspection.tables.length > 1 && (
        <TableChoice tables={answer.inspection.tables} table={answer.table} onTable={onTable} />
      )}
      {FIELD_GROUPS.map((group) => (
        <PanelSection key={group.title} title={group.title} aside={group.aside}>
          {group.fields.map((field) => (
            <FieldRow
              key={field.id}
              field={field}
              table={table}
              mapping={mapping}
              suggestion={answer.suggestions.find((entry) => entry.field === field.id)}
              problem={check.problems.find((entry) => entry.field === field.id)}
              missing={check.missing.includes(field.id)}
              onChange={(source: ColumnSource | null) =>
                setMapping((before) => withSource(before, field.id, source))
              }
              onForget={(dimension, found) => setMapping((before) => withoutReadAs(before, dimension, found))}
            />
          ))}
        </PanelSection>
      ))}
      <PanelSection
        title="First rows, as they would be read"
        aside={<Unused mapping={mapping} table={table} />}
      >
        <MappingPreview mapping={mapping} table={table} />
      </PanelSection>
    </SidePanel>
  );
}

/**
 * The mapping in force, and for what is missing the column that surely is meant: then only its open question is left
 * (day or month first), not the search for the column.
 */
function startingMapping(answer: InspectionAnswer): Mapping {
  return answer.suggestions
    .filter((entry) => answer.missing.includes(entry.field) && !answer.mapping.fields[entry.field])
    .filter((entry) => entry.confidence >= AUTO_APPLY_CONFIDENCE)
    .reduce((mapping, entry) => withSource(mapping, entry.field, entry.source), answer.mapping);
}

function StillNeeded({ missing }: { missing: readonly SalesFieldId[] }) {
  return (
    <p className={styles.needed}>
      <Icon name="warning" size={14} className="warn-fill" />
      Still open: {missing.map((id) => fieldOf(id).label).join(', ')}
    </p>
  );
}

function Unused({ mapping, table }: { mapping: Mapping; table: InspectedTable }) {
  const unused = unusedColumns(mapping, table);
  if (unused.length === 0) return null;
  const names = unused.map((column) => column.name).join(', ');
  return <span title={`Not used: ${names}`}>{plural(unused.length, 'column')} not used</span>;
}

function TableChoice({
  tables,
  table,
  onTable,
}: {
  tables: readonly InspectedTable[];
  table: number;
  onTable: (table: number) => void;
}) {
  const id = useId();
  return (
    <div className={styles.sheet}>
      <label htmlFor={id}>Sheet</label>
      <Select
        id={id}
        data={tables.map((entry) => ({
          value: String(entry.index),
          label: [
            entry.sheet === '' ? `Table ${entry.index + 1}` : entry.sheet,
            entry.estimatedRows === null ? null : `${formatNumber(entry.estimatedRows)} rows`,
            entry.hidden ? 'hidden' : null,
          ]
            .filter((part) => part !== null)
            .join(', '),
        }))}
        value={String(table)}
        allowDeselect={false}
        rightSection={<Icon name="chevron-down" size={14} />}
        rightSectionPointerEvents="none"
        classNames={SELECT_CLASSES}
        onChange={(value) => {
          if (value !== null) onTable(Number(value));
        }}
      />
    </div>
  );
}
