import { useRef, useState, type ReactNode } from 'react';
import type { ConnectionKind } from '#shared/domain/connections';
import { Button } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import type { Test } from '../desk.ts';
import { Notice } from '../notice.tsx';
import type { ServiceEditor } from '../use-service.ts';
import { ChangeTag } from './change-tag.tsx';
import { ReadOnly } from './field.tsx';
import fields from './field.module.css';
import { RevealedError } from './revealed-error.tsx';
import styles from './service-card.module.css';
import { TurnOffDialog } from './turn-off-dialog.tsx';

/** The form of a service with what one does with it: try it, store it, turn it off. */
export function ServiceCard<K extends ConnectionKind>({
  editor,
  test,
  title,
  lead,
  notices,
  turnOffWords,
  blocked = false,
  children,
}: {
  editor: ServiceEditor<K>;
  test: Test | undefined;
  title: string;
  /** What the service is for. */
  lead: string;
  notices?: ReactNode;
  /** What stops when it is turned off. */
  turnOffWords: string;
  /** Something else must be set first; a notice says what. */
  blocked?: boolean;
  children: ReactNode;
}) {
  const form = useRef<HTMLFormElement>(null);
  const [saved, setSaved] = useState(false);
  const [turningOff, setTurningOff] = useState(false);
  const { changed, readOnly } = editor;
  const testing = test?.state === 'running';
  const proven = changed && test?.state === 'done' && test.report.ok && !test.stale;

  /** After the problems are drawn. */
  const showFirstProblem = () =>
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
  const runTest = () => {
    if (!editor.test()) showFirstProblem();
  };
  const save = () =>
    void editor.save().then((stored) => {
      setSaved(stored);
      if (!stored) showFirstProblem();
    });

  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!testing) runTest();
      }}
    >
      <Card title={title} actions={<ChangeTag changed={changed} saved={saved} />} className={styles.card}>
        <p className={styles.lead}>{lead}</p>
        {(readOnly || notices) && (
          <div className={styles.notices}>
            {readOnly && (
              <Notice tone="info">
                Set by environment variables of this computer. To change it here, take them away and start
                Mauzo again.
              </Notice>
            )}
            {notices}
          </div>
        )}
        <ReadOnly value={readOnly}>
          <div className={fields.grid}>{children}</div>
        </ReadOnly>
        {editor.error && <RevealedError key={editor.error.correlationId} error={editor.error} />}
        <footer className={styles.foot}>
          {editor.on && !readOnly && (
            <Button variant="ghost" onClick={() => setTurningOff(true)}>
              Turn off
            </Button>
          )}
          <span className="grow" />
          {changed && (
            <Button
              variant="ghost"
              onClick={() => {
                setSaved(false);
                editor.discard();
              }}
            >
              Discard
            </Button>
          )}
          {!readOnly && (
            <Button
              variant={proven ? 'primary' : 'default'}
              busy={editor.saving}
              disabled={!changed || blocked}
              onClick={save}
            >
              Save
            </Button>
          )}
          <Button
            type="submit"
            variant={proven || testing ? 'default' : 'primary'}
            icon="retry"
            busy={testing}
            disabled={blocked}
          >
            {testing ? 'Testing' : 'Test'}
          </Button>
        </footer>
      </Card>
      <TurnOffDialog
        opened={turningOff}
        editor={editor}
        words={turnOffWords}
        onClose={() => setTurningOff(false)}
      />
    </form>
  );
}
