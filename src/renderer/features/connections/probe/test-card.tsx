import { useEffect, useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { copyText } from '../../../ui/clipboard.ts';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { formatDuration, formatTimestamp } from '../../../ui/format.ts';
import { Tag } from '../../../ui/tag.tsx';
import type { Test } from '../desk.ts';
import { reportText, verdictOf } from '../model/report-words.ts';
import type { Target } from '../model/services.ts';
import { TEST_WORDS } from '../model/words.ts';
import { StepList } from './step-list.tsx';
import styles from './test-card.module.css';

/** The newest test of a service: not begun, running, or what each step gave. */
export function TestCard({ target, test }: { target: Target; test: Test | undefined }) {
  return (
    <>
      <output className="sr">{toldWords(test)}</output>
      <TestBody target={target} test={test} />
    </>
  );
}

/** Told when it changes; a refusal tells itself. */
function toldWords(test: Test | undefined): string {
  if (test?.state === 'running') return 'Testing';
  return test?.state === 'done' ? `Test result: ${verdictOf(test.report).text}` : '';
}

function TestBody({ target, test }: { target: Target; test: Test | undefined }) {
  switch (test?.state) {
    case undefined:
      return (
        <Card title="Test">
          <EmptyState icon="plug" title="Not tested yet">
            {TEST_WORDS[target]}
          </EmptyState>
        </Card>
      );
    case 'running':
      return <Running target={target} test={test} />;
    case 'refused':
      return (
        <Card title="Test result" actions={<Stale test={test} />}>
          <ErrorPanel error={test.error} withDetails withKept={false} />
        </Card>
      );
    case 'done':
      return <Result test={test} />;
  }
}

function Running({ target, test }: { target: Target; test: Extract<Test, { state: 'running' }> }) {
  const begun = Date.parse(test.startedAt);
  const [elapsedMs, setElapsedMs] = useState(() => Date.now() - begun);
  useEffect(() => {
    const timer = setInterval(() => setElapsedMs(Date.now() - begun), 500);
    return () => clearInterval(timer);
  }, [begun]);
  return (
    <Card
      title="Test"
      actions={
        <Button size="s" variant="ghost" onClick={test.cancel}>
          Cancel
        </Button>
      }
    >
      <progress className={styles.bar} aria-label="Test" />
      <p className={styles.running}>
        <span className="medium">Testing</span>
        <span className="muted tabular">{secondsOf(elapsedMs)}</span>
      </p>
      <p className={styles.what}>{TEST_WORDS[target]}</p>
    </Card>
  );
}

/** Whole seconds, which do not tremble. */
function secondsOf(elapsedMs: number): string {
  const seconds = Math.max(0, Math.floor(elapsedMs / 1000));
  return seconds < 60 ? `${seconds}\u00a0s` : formatDuration(seconds * 1000);
}

function Result({ test }: { test: Extract<Test, { state: 'done' }> }) {
  const [copied, setCopied] = useState(false);
  const { report, startedAt, elapsedMs } = test;
  const verdict = verdictOf(report);
  return (
    <Card
      title="Test result"
      className={styles.result}
      unit={
        <Tag tone={verdict.tone} icon={verdict.icon}>
          {verdict.text}
        </Tag>
      }
      actions={
        <>
          <Stale test={test} />
          <span className={styles.when}>
            {formatTimestamp(startedAt, false)}, took {formatDuration(elapsedMs)}
          </span>
          <Button
            size="s"
            variant="ghost"
            icon={copied ? 'check' : 'copy'}
            onClick={() => void copyText(reportText(report, startedAt)).then(setCopied)}
          >
            {copied ? 'Copied' : 'Copy'}
          </Button>
        </>
      }
    >
      <StepList steps={report.steps} />
    </Card>
  );
}

function Stale({ test }: { test: Test }) {
  if (!test.stale) return null;
  return (
    <Tag tone="warn" icon="edit">
      Form changed since
    </Tag>
  );
}
