import { useNavigate } from '@tanstack/react-router';
import { browseFiles } from '../../data/browse-files.ts';
import { offerFiles } from '../../data/file-offers.ts';
import { useCommand } from '../../data/queries.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import './first-run.css';

const STEPS: readonly { icon: IconName; text: string }[] = [
  { icon: 'shield', text: 'Checked on this computer' },
  { icon: 'edit', text: 'You fix or reject rows' },
  { icon: 'ok', text: 'You accept, with undo' },
  { icon: 'dashboard', text: 'Figures appear' },
];

/** Why there are no figures yet although files were dropped. */
export interface FirstRunNews {
  readonly title: string;
  readonly detail: string;
}

/** No data yet: what is on its way or what to do, then a faint ghost of the page that will be here. */
export function FirstRun({ news }: { news: FirstRunNews | null }) {
  const navigate = useNavigate();
  const sample = useCommand('imports.start-sample');
  const toImport = () => void navigate({ to: '/import', search: (current) => current });
  const browse = async () => {
    const offer = await browseFiles();
    if (!offer) return;
    offerFiles(offer);
    toImport();
  };
  return (
    <div className="first">
      {news ? (
        <>
          <h2>{news.title}</h2>
          <p className="first-lead">
            {news.detail}{' '}
            <Button size="s" onClick={toImport}>
              Open Import
            </Button>
          </p>
        </>
      ) : (
        <>
          <h2>Drop a sales spreadsheet to begin</h2>
          <p className="first-lead">
            Mauzo checks every row, shows what is wrong, and counts each file once.
          </p>
        </>
      )}
      <div className="first-drop">
        <span className="first-badge">
          <Icon name="import" size={24} />
        </span>
        <b>{news ? 'Drop more files or a folder here' : 'Drop files or a folder here'}</b>
        <Button variant="primary" onClick={() => void browse()}>
          Browse files
        </Button>
        <p>CSV, TSV, XLSX or Parquet. Up to 500 MB each, fifty at a time.</p>
      </div>
      <button
        type="button"
        className="ui-card first-option"
        aria-busy={sample.isPending || undefined}
        onClick={() => {
          if (!sample.isPending) sample.mutate({}, { onSuccess: toImport });
        }}
      >
        <Icon name="bars" />
        <span className="grow">
          <b>{sample.isPending ? 'Starting the sample…' : 'Try sample data'}</b>
          <small>A made-up distributor with 12 branches. Undo takes it away again.</small>
        </span>
        <Icon name="chevron-right" size={14} />
      </button>
      {sample.error && <ErrorPanel error={sample.error} onRetry={() => sample.mutate({})} />}
      <ol className="first-flow">
        {STEPS.map((step, index) => (
          <li key={step.text}>
            {index > 0 && <Icon name="chevron-right" size={14} className="first-arrow" />}
            <Icon name={step.icon} size={14} />
            {step.text}
          </li>
        ))}
      </ol>
      <Ghost />
    </div>
  );
}

const GHOST_BARS = [46, 50, 58, 49, 51, 60, 68, 74, 70, 76];
const GHOST_LINES = [40, 31, 25, 22, 15];

function Ghost() {
  return (
    <div className="first-ghost" aria-hidden="true">
      <div className="ui-kpis">
        {['Net sales', 'Gross profit', 'Gross margin', 'Return rate'].map((label) => (
          <div className="ui-kpi" key={label}>
            <h2>{label}</h2>
            <p className="ui-kpi-value">–</p>
            <i className="ui-kpi-changes" />
            <i className="ui-kpi-fact" />
          </div>
        ))}
      </div>
      <div className="dash-pair">
        <div className="ui-card">
          <div className="ui-card-head">
            <h2>Net sales and margin by month</h2>
          </div>
          <div className="first-bars">
            {GHOST_BARS.map((height) => (
              <i key={height} style={{ height: `${height}%` }} />
            ))}
          </div>
        </div>
        <div className="ui-card">
          <div className="ui-card-head">
            <h2>What moved net sales</h2>
          </div>
          <div className="first-lines">
            {GHOST_LINES.map((width) => (
              <span key={width}>
                <i />
                <i style={{ width: `${width}%` }} />
              </span>
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}
