import { useState } from 'react';
import { renderError } from '#shared/errors/index';
import type { AppErrorJson } from '#shared/errors/app-error';
import { Button } from './button.tsx';
import { cx } from './class-names.ts';
import { copyText } from './clipboard.ts';
import './error-panel.css';
import { detailLines, errorText } from './error-text.ts';
import { Icon } from './icon.tsx';

/** An error in place: what happened, why, what to do, what was kept. The code goes with Copy, not on the screen. */
export function ErrorPanel({
  error,
  onRetry,
  retryLabel = 'Try again',
  withDetails = false,
  withKept = true,
  tone = 'bad',
}: {
  error: Pick<AppErrorJson, 'code' | 'details' | 'correlationId'>;
  onRetry?: (() => void) | undefined;
  retryLabel?: string;
  /** Offers what the other side said in full, as for a server that somebody else manages. */
  withDetails?: boolean;
  /** What became of the work; false where there was none, as in a test. */
  withKept?: boolean;
  /** `warn` for what works nevertheless. */
  tone?: 'bad' | 'warn';
}) {
  const words = renderError(error);
  const [copied, setCopied] = useState(false);
  const copy = () => void copyText(errorText(error)).then(setCopied);
  const details = withDetails ? detailLines(error.details) : [];
  return (
    <section className={cx('ui-error', `is-${tone}`)} role="alert">
      <header>
        <Icon name={tone === 'bad' ? 'error' : 'warning'} className={tone} />
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
        {withKept && words.kept && (
          <>
            <dt>Kept</dt>
            <dd>{words.kept}</dd>
          </>
        )}
      </dl>
      {details.length > 0 && (
        <details>
          <summary>
            <Icon name="chevron-right" size={14} />
            Details
          </summary>
          <dl className="ui-error-details">
            {details.map(({ name, text }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </section>
  );
}
