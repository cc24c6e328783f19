import type { ConnectionKind } from '#shared/domain/connections';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { SERVICE_NAMES } from '../model/words.ts';
import type { ServiceEditor } from '../use-service.ts';
import { RevealedError } from './revealed-error.tsx';
import styles from './service-card.module.css';

/** Says what stops before a service is turned off. */
export function TurnOffDialog<K extends ConnectionKind>({
  opened,
  editor,
  words,
  onClose,
}: {
  opened: boolean;
  editor: ServiceEditor<K>;
  words: string;
  onClose: () => void;
}) {
  const turnOff = () =>
    void editor.turnOff().then((done) => {
      if (done) onClose();
    });
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      title={`Turn off ${SERVICE_NAMES[editor.form.kind]}?`}
      footer={
        <>
          <Button onClick={onClose}>Leave it on</Button>
          <Button variant="danger" busy={editor.saving} onClick={turnOff}>
            Turn off
          </Button>
        </>
      }
    >
      <p>{words}</p>
      <p className={styles.after}>Its settings and stored secrets are removed from this computer.</p>
      {editor.error && <RevealedError key={editor.error.correlationId} error={editor.error} />}
    </Dialog>
  );
}
