import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ChangePreview, HistoryEntry } from '#shared/contract/imports';
import type { OverlapPolicy } from '#shared/domain/job';
import { toAppError, type AppError } from '#shared/errors/app-error';
import { useEngine } from '../../../data/engine-context.ts';
import { useCall } from '../../../data/queries.ts';
import { Button } from '../../../ui/button.tsx';
import { cx } from '../../../ui/class-names.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { formatNumber, plural } from '../../../ui/format.ts';
import { Radio } from '../../../ui/radio.tsx';
import styles from './change-dialog.module.css';
import { changeLines, changeSentence, monthRange } from './history-model.ts';

/** Shows what the figures would be before anything changes, then undoes. */
export function UndoDialog({
  importId,
  onClose,
  onChanged,
}: {
  importId: string | null;
  onClose: () => void;
  /** What was done, in one line. */
  onChanged: (text: string) => void;
}) {
  return (
    <Dialog opened={importId !== null} onClose={onClose} title="Undo import" size={600}>
      {importId !== null && <UndoQuestion importId={importId} onClose={onClose} onChanged={onChanged} />}
    </Dialog>
  );
}

function UndoQuestion({
  importId,
  onClose,
  onChanged,
}: {
  importId: string;
  onClose: () => void;
  onChanged: (text: string) => void;
}) {
  const engine = useEngine();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const preview = useCall('history.preview-undo', { importId });
  const shown = preview.data?.importId === importId ? preview.data : null;
  const undo = () => {
    setBusy(true);
    setError(null);
    engine
      .call('history.undo', { importId })
      .then(
        async (change) => {
          await forget(queries);
          onChanged(changeSentence(change, 'undone'));
          onClose();
        },
        (thrown: unknown) => setError(toAppError(thrown)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <>
      {(error ?? preview.error) && <ErrorPanel error={(error ?? preview.error) as AppError} />}
      {!shown && !preview.error && <p className="muted">Working out what would change…</p>}
      {shown && (
        <>
          <p>
            The rows of <b className="medium">{shown.fileName}</b> stop counting. What it had replaced counts
            again. The file stays in the history and can be counted again.
          </p>
          <ChangeTable preview={shown} />
        </>
      )}
      <div className={styles.foot}>
        <Button onClick={onClose}>Keep the import</Button>
        <Button variant="danger" icon="undo" busy={busy} disabled={!shown} onClick={undo}>
          Undo import
        </Button>
      </div>
    </>
  );
}

const POLICIES: readonly { value: OverlapPolicy; title: string; effect: string }[] = [
  {
    value: 'keep',
    title: 'Count beside what is there',
    effect: 'Rows on branch-days that another file covers by now count twice.',
  },
  {
    value: 'replace',
    title: 'Replace the same branch-days',
    effect: 'On its branch-days only this file counts.',
  },
  {
    value: 'skip',
    title: 'Skip what is there already',
    effect: 'Only branch-days that nothing else covers by now are added.',
  },
];

/** Counts an undone import again. */
export function CountAgainDialog({
  entry,
  onClose,
  onChanged,
}: {
  entry: HistoryEntry | null;
  onClose: () => void;
  onChanged: (text: string) => void;
}) {
  return (
    <Dialog opened={entry !== null} onClose={onClose} title="Count the import again" size={600}>
      {entry && <CountAgainQuestion entry={entry} onClose={onClose} onChanged={onChanged} />}
    </Dialog>
  );
}

function CountAgainQuestion({
  entry,
  onClose,
  onChanged,
}: {
  entry: HistoryEntry;
  onClose: () => void;
  onChanged: (text: string) => void;
}) {
  const engine = useEngine();
  const queries = useQueryClient();
  const [policy, setPolicy] = useState<OverlapPolicy>('replace');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const count = () => {
    setBusy(true);
    setError(null);
    engine
      .call('history.reactivate', { importId: entry.importId, onOverlap: policy })
      .then(
        async (change) => {
          await forget(queries);
          onChanged(changeSentence(change, 'counted'));
          onClose();
        },
        (thrown: unknown) => setError(toAppError(thrown)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <>
      {error && <ErrorPanel error={error} />}
      <p>
        {plural(entry.rowsAccepted, 'row')} of <b className="medium">{entry.fileName}</b> (
        {monthRange(entry.chunks)}) count again, as the newest import. You can undo it again.
      </p>
      <fieldset className={styles.policies}>
        <legend>Where another file covers the same branch-days by now</legend>
        {POLICIES.map((option) => (
          <label key={option.value}>
            <Radio name="policy" checked={policy === option.value} onChange={() => setPolicy(option.value)} />
            <b className="medium">{option.title}</b>
            <small>{option.effect}</small>
          </label>
        ))}
      </fieldset>
      <div className={styles.foot}>
        <Button onClick={onClose}>Leave it undone</Button>
        <Button variant="primary" busy={busy} onClick={count}>
          Count again ({plural(entry.rowsAccepted, 'row')})
        </Button>
      </div>
    </>
  );
}

function ChangeTable({ preview }: { preview: ChangePreview }) {
  return (
    <table className={styles.table}>
      <caption>
        All data together. {preview.chunks.length === 1 ? 'The month that changes' : 'Months that change'}:{' '}
        {monthRange(preview.chunks)}
        {preview.chunks.length > 1 ? ` (${formatNumber(preview.chunks.length)})` : ''}
      </caption>
      <thead>
        <tr>
          <th scope="col">Total</th>
          <th scope="col" className="num">
            Before
          </th>
          <th scope="col" className="num">
            After
          </th>
          <th scope="col" className="num">
            Change
          </th>
        </tr>
      </thead>
      <tbody>
        {changeLines(preview).map((line) => (
          <tr key={line.label}>
            <th scope="row">{line.label}</th>
            <td className="num">{line.before}</td>
            <td className="num">{line.after}</td>
            <td className={cx('num', line.changed ? 'strong' : 'muted')}>
              {line.changed ? line.change : 'no change'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What was known about the history is asked again; figures follow the data version by themselves. */
async function forget(queries: ReturnType<typeof useQueryClient>): Promise<void> {
  await queries.invalidateQueries({ queryKey: ['call', 'history.list'] });
  queries.removeQueries({ queryKey: ['call', 'history.preview-undo'] });
}
