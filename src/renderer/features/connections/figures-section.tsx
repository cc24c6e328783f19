import { useState } from 'react';
import type { ConnectionsView } from '#shared/contract/connections';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { useDesk } from './desk.ts';
import { ChangeTag } from './form/change-tag.tsx';
import { RadioField } from './form/choices.tsx';
import { RevealedError } from './form/revealed-error.tsx';
import styles from './form/service-card.module.css';
import { Notice } from './notice.tsx';
import { SectionLink } from './section-link.tsx';
import { useSave } from './use-service.ts';

const ENGINES = [
  {
    value: 'local',
    label: 'This computer',
    hint: 'Computes each figure here, also without network.',
  },
  {
    value: 'druid',
    label: 'Druid',
    hint: 'Asks the cluster for each figure: for more data than one computer can hold. Needs the network.',
  },
] as const;

/** Which engine answers the figures of every page. */
export function FiguresSection({ view }: { view: ConnectionsView }) {
  const [desk, actions] = useDesk();
  const { save, saving, error } = useSave();
  const [saved, setSaved] = useState(false);
  const stored = view.connections.figuresFrom;
  const chosen = desk.figuresFrom ?? stored;
  const changed = chosen !== stored;
  const withoutDruid = chosen === 'druid' && view.connections.druid === null;
  const store = () =>
    void save({ ...view.connections, figuresFrom: chosen }, {}).then((done) => {
      setSaved(done);
      if (done) actions.clear('figures', [], false);
    });
  return (
    <Card title="Figures come from" actions={<ChangeTag changed={changed} saved={saved} />}>
      <p className={styles.lead}>Both answer the same figures, to the cent.</p>
      <RadioField
        label="Engine"
        value={chosen}
        options={ENGINES}
        onChange={(engine) =>
          engine === stored ? actions.clear('figures', [], false) : actions.chooseFigures(engine)
        }
      />
      {withoutDruid && (
        <div className={styles.error}>
          <Notice tone="warn">
            Druid is off. <SectionLink section="druid">Set up Druid</SectionLink> first.
          </Notice>
        </div>
      )}
      {error && <RevealedError key={error.correlationId} error={error} />}
      <footer className={styles.foot}>
        <span className="grow" />
        <Button variant="primary" busy={saving} disabled={!changed || withoutDruid} onClick={store}>
          Save
        </Button>
      </footer>
    </Card>
  );
}
