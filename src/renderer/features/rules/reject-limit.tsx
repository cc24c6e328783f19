import { useState } from 'react';
import { useCall, useCommand } from '../../data/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Field, inputClass } from './inputs.tsx';
import styles from './rules-page.module.css';

const isPercent = (text: string) => /^\d{1,3}(?:\.\d{1,2})?$/.test(text) && Number(text) <= 100;

/** The share of rejected rows above which a person is asked before the good rows count. */
export function RejectLimit() {
  const info = useCall('app.info', {});
  const save = useCommand('app.update-settings', ['app.info']);
  const [typed, setTyped] = useState<string | null>(null);
  const kept = info.data?.settings.maxRejectsPercent;
  if (kept === undefined) return null;
  const text = typed ?? String(kept);
  const fits = isPercent(text);
  return (
    <Card title="When to ask">
      {save.error && <ErrorPanel error={save.error} />}
      <form
        className={styles.limit}
        onSubmit={(event) => {
          event.preventDefault();
          if (fits) save.mutate({ maxRejectsPercent: Number(text) }, { onSuccess: () => setTyped(null) });
        }}
      >
        <Field
          label="Rejected rows that are acceptable, in percent"
          help="A file with more of them waits until somebody has looked at it. 0 asks about every rejected row."
          problem={fits ? undefined : 'A number from 0 to 100, with two decimals at most.'}
        >
          {(attributes) => (
            <input
              {...attributes}
              className={inputClass}
              inputMode="decimal"
              value={text}
              onChange={(event) => setTyped(event.currentTarget.value.trim())}
            />
          )}
        </Field>
        <Button type="submit" busy={save.isPending} disabled={!fits || Number(text) === kept}>
          Save
        </Button>
      </form>
    </Card>
  );
}
