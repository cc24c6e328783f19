import { useState } from 'react';
import type { JobView, SimilarValue } from '#shared/domain/job';
import { labelOfField } from '#shared/domain/rules/rule-set';
import { toAppError, type AppError } from '#shared/errors/app-error';
import { useEngine } from '../../../data/engine-context.ts';
import { Button } from '../../../ui/button.tsx';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { plural } from '../../../ui/format.ts';
import { PanelSection } from '../panel/side-panel.tsx';
import styles from './similar-values.module.css';

/** New names that look like known ones: read as those from now on, or accepted as they are with the rows. */
export function SimilarValues({ job }: { job: JobView }) {
  const engine = useEngine();
  const [busy, setBusy] = useState<readonly SimilarValue[]>([]);
  const [error, setError] = useState<AppError | null>(null);
  const values = job.review.flatMap((reason) => (reason.kind === 'similar-values' ? reason.values : []));
  if (values.length === 0) return null;

  const readAs = (chosen: readonly SimilarValue[]) => {
    setBusy(chosen);
    setError(null);
    engine
      .call('jobs.read-as', {
        jobId: job.jobId,
        values: chosen.map(({ field, value, similarTo }) => ({ field, found: value, meant: similarTo })),
      })
      .catch((thrown: unknown) => setError(toAppError(thrown)))
      .finally(() => setBusy([]));
  };
  return (
    <PanelSection
      title="New names that look like known ones"
      aside={
        values.length > 1 && (
          <Button size="s" busy={busy.length > 1} onClick={() => readAs(values)}>
            Read all as the known ones
          </Button>
        )
      }
    >
      {error && <ErrorPanel error={error} />}
      <ul className={styles.list}>
        {values.map((similar) => (
          <li key={`${similar.field} ${similar.value}`}>
            <span className={styles.words}>
              <span>
                {labelOfField(similar.field)} <b className="medium">“{similar.value}”</b>
              </span>
              <small>{plural(similar.rows, 'row')}</small>
            </span>
            <Button size="s" busy={busy.includes(similar)} onClick={() => readAs([similar])}>
              Read as “{similar.similarTo}”
            </Button>
          </li>
        ))}
      </ul>
      <p className={styles.hint}>
        What you choose is remembered for files with these columns. Names that are right are accepted with the
        rows, and known from then on.
      </p>
    </PanelSection>
  );
}
