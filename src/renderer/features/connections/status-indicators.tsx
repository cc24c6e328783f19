import { Tooltip } from '@mantine/core';
import type { ServiceStatus } from '#shared/contract/connections';
import { renderError } from '#shared/errors/index';
import { useConnectionState } from '../../data/engine-context.ts';
import { formatDuration } from '../../ui/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { useConnections, useServices } from './live.ts';
import { statusOf, TARGETS, type TargetStatus } from './model/services.ts';
import { formatWhen, indicatorWords, placesOfData, SERVICE_NAMES, stateWords } from './model/words.ts';
import { SectionLink } from './section-link.tsx';
import styles from './status-indicators.module.css';

/** The connected services in the status bar; nothing while Mauzo works alone. */
export function ConnectionIndicators() {
  const view = useConnections().data;
  const live = useServices();
  // An engine that does not answer knows nothing of the services.
  const ready = useConnectionState() === 'ready';
  if (!view || !ready || placesOfData(view.connections).length === 0) return null;
  return TARGETS.map((target) => statusOf(target, view, live))
    .filter(({ state }) => state !== 'off')
    .map((status) => <Indicator key={status.target} status={status} />);
}

function Indicator({ status }: { status: TargetStatus }) {
  const { icon, tone, text } = stateWords(status);
  const name = SERVICE_NAMES[status.target];
  const words = indicatorWords(status);
  return (
    <Tooltip
      label={<Facts status={status} />}
      position="top-start"
      events={{ hover: true, focus: true, touch: false }}
      classNames={{ tooltip: styles.facts ?? '' }}
    >
      <SectionLink
        section={status.target}
        className={styles.indicator}
        data-state={status.state}
        aria-label={`${name} ${words}${words === text.toLowerCase() ? '' : `, ${text.toLowerCase()}`}`}
      >
        <Icon name={icon} size={12} className={tone === 'neutral' ? 'muted' : tone} />
        {name} <em className={tone}>{words}</em>
      </SectionLink>
    </Tooltip>
  );
}

/** One line a service: how fast, which version, when it last answered. */
function Facts({ status }: { status: TargetStatus }) {
  return (
    <>
      {status.error && <p className="bad medium">{renderError(status.error).title}</p>}
      {status.services.length === 0 && <p>{stateWords(status).text}</p>}
      {status.services.map((service) => (
        <p key={service.name}>
          <b className="medium">{service.name}</b> {factsOf(service).join(', ')}
        </p>
      ))}
    </>
  );
}

const factsOf = (service: ServiceStatus): readonly string[] =>
  [
    stateWords(service).text.toLowerCase(),
    service.latencyMs !== null && formatDuration(service.latencyMs),
    service.version !== null && `version ${service.version}`,
    service.lastSuccessAt !== null && `last success ${formatWhen(service.lastSuccessAt)}`,
  ].filter((fact) => fact !== false);

/** What leaves this computer, and whereto. Says nothing while that is not known. */
export function DataPlaces() {
  const view = useConnections().data;
  if (!view) return null;
  const places = placesOfData(view.connections);
  return (
    <span>
      <Icon name={places.length === 0 ? 'lock' : 'export'} size={12} />
      {places.length === 0 ? 'Nothing leaves this computer' : `Data goes to: ${places.join(', ')}`}
    </span>
  );
}
