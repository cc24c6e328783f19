import './loading-line.css';

/** The 2 px line under the top bar: something is being refreshed, the last data stays. */
export function LoadingLine({ active, label = 'Refreshing figures' }: { active: boolean; label?: string }) {
  return (
    <div className="ui-loading-line" data-active={active || undefined}>
      <output className="sr">{active ? label : ''}</output>
    </div>
  );
}
