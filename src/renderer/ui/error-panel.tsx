import { useState } from 'react';
import { renderError } from '#shared/errors/index';
import type { AppErrorJson } from '#shared/errors/app-error';
import { Button } from './button.tsx';
import { copyText } from './clipboard.ts';
import './error-panel.css';
import { Icon } from './icon.tsx';

/** An error in place: what happened, why, what to do, what was kept. The code goes with Copy, not on the screen. */
export function ErrorPanel({
  error,
  onRetry,
  retryLabel = 'Try again',
}: {
  error: Pick<AppErrorJson, 'code' | 'details' | 'correlationId'>;
  onRetry?: (() => void) | undefined;
  retryLabel?: string;
}) {
  const words = renderError(error);
  const [copied, setCopied] = useState(false);
  const copy = () => {
    const lines = [
      words.title,
      `Cause: ${words.cause}`,
      `Remedy: ${words.remedy}`,
      ...(words.kept ? [`Kept: ${words.kept}`] : []),
      `Code: ${words.code} (${error.correlationId})`,
    ];
    void copyText(lines.join('\n')).then(setCopied);
  };
  return (
    <section className="ui-error" role="alert">
      <header>
        <Icon name="error" className="bad" />
        <h3>{words.title}</h3>
        <span className="grow" />
        <Button size="s" variant="ghost" icon={copied ? 'check' : 'copy'} onClick={copy}>
          {copied ? 'Copied' : 'Copy'}
        </Button>
        {onRetry && (
          <Button size="s" icon="retry" onClick={onRetry}>
            {retryLabel}
          </Button>
        )}
      </header>
      <dl>
        <dt>Cause</dt>
        <dd>{words.cause}</dd>
        <dt>Remedy</dt>
        <dd>{words.remedy}</dd>
        {words.kept && (
          <>
            <dt>Kept</dt>
            <dd>{words.kept}</dd>
          </>
        )}
      </dl>
    </section>
  );
}
