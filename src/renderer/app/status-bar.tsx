import { useConnectionState } from '../data/engine-context.ts';
import { useLastAnswerMs } from '../data/last-answer.ts';
import { useDataStatus } from '../data/queries.ts';
import { ConnectionIndicators, DataPlaces } from '../features/connections/status-indicators.tsx';
import { formatDuration, formatNumber } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import './status-bar.css';

/** One quiet line: is the engine there, what it is connected to, how fast it answered, which data, where data goes. */
export function StatusBar() {
  const connection = useConnectionState();
  const status = useDataStatus();
  const answeredMs = useLastAnswerMs();
  return (
    <footer className="app-status">
      <output>
        {connection === 'ready' && (
          <>
            <Icon name="ok" size={12} className="good" />
            Local engine <em>ready</em>
          </>
        )}
        {connection === 'connecting' && (
          <>
            <Icon name="clock" size={12} />
            Local engine <em>starting</em>
          </>
        )}
        {connection === 'lost' && (
          <>
            <Icon name="error" size={12} className="bad" />
            The engine is not answering <em>connecting again</em>
          </>
        )}
      </output>
      <ConnectionIndicators />
      {status.data?.publishing && (
        <span>
          <Icon name="clock" size={12} className="warn" />
          Figures are being brought up to date
        </span>
      )}
      <span className="grow" />
      {answeredMs !== null && <span className="tabular">Answered in {formatDuration(answeredMs)}</span>}
      {status.data && status.data.dataVersion > 0 && (
        <span className="tabular">Data version {formatNumber(status.data.dataVersion)}</span>
      )}
      <DataPlaces />
    </footer>
  );
}
