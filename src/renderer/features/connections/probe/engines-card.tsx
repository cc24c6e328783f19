import type { ConnectionsView } from '#shared/contract/connections';
import { useConnectionState } from '../../../data/engine-context.ts';
import { useLastAnswerMs } from '../../../data/last-answer.ts';
import { useCall } from '../../../data/queries.ts';
import { Card } from '../../../ui/card.tsx';
import { BLANK } from '../../../ui/format.ts';
import { statusOf, type LiveServices } from '../model/services.ts';
import { ENGINE_READY, ENGINE_WAITED, formatWhen, stateWords } from '../model/words.ts';
import { StateTable } from './state-table.tsx';

/** Both engines that can answer figures, to choose from. */
export function EnginesCard({ view, live }: { view: ConnectionsView; live: LiveServices }) {
  const ready = useConnectionState() === 'ready';
  const answeredMs = useLastAnswerMs();
  const info = useCall('app.info', {}).data;
  const druid = statusOf('druid', view, live);
  return (
    <Card title="State now" flush>
      <StateTable
        label="Engines now"
        of="Engine"
        rows={[
          {
            name: 'This computer',
            state: ready ? ENGINE_READY : ENGINE_WAITED,
            latencyMs: view.connections.figuresFrom === 'local' ? answeredMs : null,
            version: info ? `Mauzo ${info.version}` : null,
            lastSuccess: BLANK,
          },
          {
            ...druid,
            name: 'Druid',
            state: stateWords(druid),
            lastSuccess: formatWhen(druid.lastSuccessAt),
          },
        ]}
      />
    </Card>
  );
}
