import { Component, type ReactNode } from 'react';
import { toAppError, type AppError } from '#shared/errors/app-error';
import { ErrorPanel } from '../ui/error-panel.tsx';

/** A fault while drawing costs one page, never the window. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: AppError | null }> {
  override state: { error: AppError | null } = { error: null };

  static getDerivedStateFromError(thrown: unknown) {
    return { error: toAppError(thrown) };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return <CrashedPage error={error} onRetry={() => this.setState({ error: null })} />;
  }
}

export function CrashedPage({ error, onRetry }: { error: AppError; onRetry(): void }) {
  return (
    <main id="content" className="app-page" tabIndex={-1}>
      <div className="app-stack">
        <ErrorPanel error={error} onRetry={onRetry} retryLabel="Show the page again" />
      </div>
    </main>
  );
}
