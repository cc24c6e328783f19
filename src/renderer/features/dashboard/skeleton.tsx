import './skeleton.css';

/** The shape of a card before its first answer; later answers replace the last one in place. */
export function CardSkeleton({ heightPx }: { heightPx: number }) {
  return (
    <div className="ui-card dash-skeleton" style={{ minHeight: heightPx }} aria-hidden="true">
      <i />
      <i />
      <i />
    </div>
  );
}

export function PageSkeleton() {
  return (
    <div className="app-stack" aria-hidden="true">
      <div className="ui-kpis">
        {['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((key) => (
          <div className="ui-kpi dash-skeleton-kpi" key={key}>
            <i />
            <i />
            <i />
          </div>
        ))}
      </div>
      <div className="dash-pair">
        <CardSkeleton heightPx={352} />
        <CardSkeleton heightPx={352} />
      </div>
      <div className="dash-pair">
        <CardSkeleton heightPx={480} />
        <CardSkeleton heightPx={480} />
      </div>
    </div>
  );
}
