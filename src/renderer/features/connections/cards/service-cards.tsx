import type { ReactNode } from 'react';
import type { ConnectionsView } from '#shared/contract/connections';
import type { SecretPlace } from '#shared/domain/connections';
import { useConnectionState } from '../../../data/engine-context.ts';
import { useLastAnswerMs } from '../../../data/last-answer.ts';
import { useDataStatus } from '../../../data/queries.ts';
import { cx } from '../../../ui/class-names.ts';
import { BLANK, formatDay, formatDuration, formatNumber } from '../../../ui/format.ts';
import { Icon, type IconName } from '../../../ui/icon.tsx';
import { Tag } from '../../../ui/tag.tsx';
import { statusOf, TARGETS, type LiveServices, type TargetStatus } from '../model/services.ts';
import {
  ENGINE_READY,
  ENGINE_WAITED,
  formatWhen,
  placeOf,
  PURPOSES,
  SERVICE_ICONS,
  SERVICE_NAMES,
  stateWords,
  type StateWords,
} from '../model/words.ts';
import { SectionLink, type Section } from '../section-link.tsx';
import { LookBars } from './look-bars.tsx';
import styles from './service-cards.module.css';

/** Every service at a glance; the chosen one is worked on below. */
export function ServiceCards({
  view,
  live,
  current,
}: {
  view: ConnectionsView;
  live: LiveServices;
  current: Section;
}) {
  return (
    <ul className={styles.cards} aria-label="Services">
      <FiguresGlance view={view} current={current === 'figures'} />
      {TARGETS.map((target) => (
        <ServiceGlance
          key={target}
          view={view}
          status={statusOf(target, view, live)}
          current={current === target}
        />
      ))}
    </ul>
  );
}

function FiguresGlance({ view, current }: { view: ConnectionsView; current: boolean }) {
  const connection = useConnectionState();
  const status = useDataStatus().data;
  const answeredMs = useLastAnswerMs();
  const local = view.connections.figuresFrom === 'local';
  return (
    <Glance
      section="figures"
      current={current}
      icon="dashboard"
      name="Figures"
      place={local ? 'From this computer' : 'From Druid'}
      state={connection === 'ready' ? ENGINE_READY : ENGINE_WAITED}
      facts={[
        ['Answered in', answeredMs === null ? BLANK : formatDuration(answeredMs)],
        ['Data to', formatDay(status?.to ?? null)],
        ['Data version', status && status.dataVersion > 0 ? formatNumber(status.dataVersion) : BLANK],
      ]}
    />
  );
}

function ServiceGlance({
  view,
  status,
  current,
}: {
  view: ConnectionsView;
  status: TargetStatus;
  current: boolean;
}) {
  const { target, state } = status;
  const keychain = target === 'keychain';
  return (
    <Glance
      section={target}
      current={current}
      icon={SERVICE_ICONS[target]}
      name={SERVICE_NAMES[target]}
      place={keychain ? 'Secrets of this computer' : placeOf(target, view.connections)}
      state={stateWords(status)}
      purpose={state === 'off' ? PURPOSES[target] : undefined}
      facts={
        keychain
          ? [
              view.keychain.available
                ? ['Secrets kept', count(view, 'keychain')]
                : ['Until Mauzo closes', count(view, 'session')],
              ['Missing', count(view, 'missing')],
            ]
          : [
              ['Latency', status.latencyMs === null ? BLANK : formatDuration(status.latencyMs)],
              ['Version', status.version ?? BLANK],
              ['Last success', formatWhen(status.lastSuccessAt)],
            ]
      }
    >
      {!keychain && <LookBars looks={status.looks} />}
    </Glance>
  );
}

const count = ({ secrets }: ConnectionsView, place: SecretPlace): string =>
  formatNumber(Object.values(secrets).filter((one) => one === place).length);

function Glance({
  section,
  current,
  icon,
  name,
  place,
  state,
  purpose,
  facts,
  children,
}: {
  section: Section;
  current: boolean;
  icon: IconName;
  name: string;
  place: string;
  state: StateWords;
  /** Instead of facts while it is off. */
  purpose?: string | undefined;
  facts: readonly (readonly [string, string])[];
  children?: ReactNode;
}) {
  return (
    <li className={cx(styles.card, current && styles.current)}>
      <h2>
        <Icon name={icon} />
        <SectionLink section={section} className={styles.open}>
          {name}
        </SectionLink>
      </h2>
      <Tag tone={state.tone} icon={state.icon}>
        {state.text}
      </Tag>
      <p className={styles.place} title={place}>
        {place}
      </p>
      {purpose === undefined ? (
        <>
          {children}
          <dl>
            {facts.map(([label, value]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </>
      ) : (
        <p className={styles.purpose}>{purpose}</p>
      )}
    </li>
  );
}
