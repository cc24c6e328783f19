import { useNavigate, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { ConnectionsView } from '#shared/contract/connections';
import { Page } from '../../app/page.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { ServiceCards } from './cards/service-cards.tsx';
import styles from './connections-page.module.css';
import { useDesk } from './desk.ts';
import { FiguresSection } from './figures-section.tsx';
import { KeychainSection } from './keychain-section.tsx';
import { useConnections, useServices } from './live.ts';
import { isSet, keychainState, statusOf, TARGETS, type LiveServices } from './model/services.ts';
import { placesOfData } from './model/words.ts';
import { Notice } from './notice.tsx';
import { EnginesCard } from './probe/engines-card.tsx';
import { StatusCard } from './probe/status-card.tsx';
import { TestCard } from './probe/test-card.tsx';
import { SectionLink, sectionOf, type Section } from './section-link.tsx';
import { DruidSection, PostgresSection, S3Section } from './sections.tsx';

/** What Mauzo is connected to besides this computer: state, settings and a real test of each service. */
export function ConnectionsPage() {
  const connections = useConnections();
  const live = useServices();
  const view = connections.data;
  return (
    <Page
      title="Connections"
      controls={
        <p className={styles.lead}>S3, Druid and PostgreSQL are for when one computer is not enough.</p>
      }
      actions={view && <TestAll view={view} />}
    >
      <div className="app-stack">
        {connections.error && (
          <ErrorPanel error={connections.error} onRetry={() => void connections.refetch()} />
        )}
        {view && <Services view={view} live={live} />}
        {!view && !connections.error && <Skeleton />}
      </div>
    </Page>
  );
}

function TestAll({ view }: { view: ConnectionsView }) {
  const [desk, actions] = useDesk();
  const targets = TARGETS.filter((target) => target !== 'keychain' && isSet(target, view));
  if (targets.length === 0) return null;
  return (
    <Button
      icon="retry"
      busy={targets.some((target) => desk.tests[target]?.state === 'running')}
      onClick={() => {
        for (const target of targets) actions.test({ target });
      }}
    >
      Test all
    </Button>
  );
}

function Services({ view, live }: { view: ConnectionsView; live: LiveServices }) {
  const section = useSection(view, live);
  const [desk] = useDesk();
  const alone = placesOfData(view.connections).length === 0;
  const typed = Object.keys(desk.secrets).length > 0;
  return (
    <>
      {alone && (
        <Notice tone="info">
          You need a connection when several computers should share the same imports, or when there is more
          data than one computer can hold. Until then Mauzo works without any: leave them off, and nothing
          leaves this computer.
        </Notice>
      )}
      {section !== 'keychain' && (!alone || typed) && <KeychainNotice view={view} live={live} />}
      <ServiceCards view={view} live={live} current={section} />
      <div className={styles.pair} key={section}>
        <SectionForm section={section} view={view} />
        <SectionResult section={section} view={view} live={live} />
      </div>
    </>
  );
}

function KeychainNotice({ view, live }: { view: ConnectionsView; live: LiveServices }) {
  const state = keychainState(view, live);
  if (state === 'available') return null;
  return (
    <Notice tone="warn">
      {state === 'absent' ? (
        <>
          <b className="medium">This computer offers no keychain.</b> Passwords and keys that you type are
          kept until Mauzo closes, and asked for again at the next start.
        </>
      ) : (
        <>
          <b className="medium">The keychain does not hand out what it keeps.</b> Connections that need a
          password wait for it. <SectionLink section="keychain">See why</SectionLink>
        </>
      )}
      {view.keychain.reason !== null && <span className={styles.reason}>{view.keychain.reason}</span>}
    </Notice>
  );
}

function SectionForm({ section, view }: { section: Section; view: ConnectionsView }) {
  switch (section) {
    case 's3':
      return <S3Section view={view} />;
    case 'druid':
      return <DruidSection view={view} />;
    case 'postgres':
      return <PostgresSection view={view} />;
    case 'keychain':
      return <KeychainSection view={view} />;
    case 'figures':
      return <FiguresSection view={view} />;
  }
}

function SectionResult({
  section,
  view,
  live,
}: {
  section: Section;
  view: ConnectionsView;
  live: LiveServices;
}) {
  const [desk] = useDesk();
  if (section === 'figures') return <EnginesCard view={view} live={live} />;
  const test = desk.tests[section];
  const failed = test?.state === 'done' ? test.report.steps.find(({ error }) => error !== null) : undefined;
  return (
    <div className={styles.results}>
      <StatusCard status={statusOf(section, view, live)} shownCode={failed?.error?.code ?? null} />
      <TestCard target={section} test={test} />
    </div>
  );
}

/** The section of the address; without one, what does not answer, else what is connected, else the first step. */
function useSection(view: ConnectionsView, live: LiveServices): Section {
  const { section } = useParams({ strict: false });
  const navigate = useNavigate();
  const chosen = sectionOf(section);
  const first =
    TARGETS.find((target) => target !== 'keychain' && statusOf(target, view, live).state === 'failed') ??
    TARGETS.find((target) => target !== 'keychain' && isSet(target, view)) ??
    's3';
  useEffect(() => {
    // Written into the address, so that a service that recovers does not move the page.
    if (chosen === null)
      void navigate({
        to: '/connections/{-$section}',
        params: { section: first },
        search: (search) => search,
        replace: true,
      });
  }, [chosen, first, navigate]);
  return chosen ?? first;
}

function Skeleton() {
  return (
    <div className={styles.skeleton}>
      <output className="sr">Looking at the connections</output>
      <div>
        {TARGETS.map((target) => (
          <i key={target} />
        ))}
        <i />
      </div>
    </div>
  );
}
