import { Card } from '../../../ui/card.tsx';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import type { TargetStatus } from '../model/services.ts';
import { formatWhen, stateWords } from '../model/words.ts';
import { StateTable } from './state-table.tsx';
import styles from './state-table.module.css';

/** Each service of a target at the moment, and why one does not answer. */
export function StatusCard({
  status,
  shownCode,
}: {
  status: TargetStatus;
  /** Of an error that stands below already. */
  shownCode: string | null;
}) {
  const errors = status.services.flatMap(({ error }) => error ?? []);
  if (status.services.length < 2 && errors.length === 0) return null;
  const news = errors.filter(
    ({ code }, index) => code !== shownCode && errors.findIndex((other) => other.code === code) === index,
  );
  return (
    <Card title="State now" flush>
      <StateTable
        label="Services now"
        of="Service"
        rows={status.services.map((service) => ({
          ...service,
          state: stateWords(service),
          lastSuccess: formatWhen(service.lastSuccessAt),
        }))}
      />
      {news.length > 0 && (
        <div className={styles.errors}>
          {news.map((error) => (
            <ErrorPanel
              key={error.code}
              error={error}
              // Without a keychain everything works until Mauzo closes.
              tone={status.target === 'keychain' ? 'warn' : 'bad'}
              withDetails
            />
          ))}
        </div>
      )}
    </Card>
  );
}
