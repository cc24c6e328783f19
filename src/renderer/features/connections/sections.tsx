import type { ConnectionsView } from '#shared/contract/connections';
import { useDesk } from './desk.ts';
import { DruidFields } from './form/druid-fields.tsx';
import { PostgresFields } from './form/postgres-fields.tsx';
import { S3Fields } from './form/s3-fields.tsx';
import { ServiceCard } from './form/service-card.tsx';
import { druidForm } from './model/druid-form.ts';
import { postgresForm } from './model/postgres-form.ts';
import { s3Form } from './model/s3-form.ts';
import { Notice } from './notice.tsx';
import { SectionLink } from './section-link.tsx';
import { useService } from './use-service.ts';

export function S3Section({ view }: { view: ConnectionsView }) {
  const editor = useService(s3Form, view);
  const [desk] = useDesk();
  return (
    <ServiceCard
      editor={editor}
      test={desk.tests.s3}
      title="Object store (S3)"
      lead="Keeps accepted files for Druid and for other computers."
      turnOffWords={
        view.connections.druid
          ? 'Accepted files are then kept on this computer only. Druid reads its data from S3, so it is turned off as well, and figures come from this computer. What is in the bucket and in Druid stays there.'
          : 'Accepted files are then kept on this computer only. What is in the bucket stays there.'
      }
    >
      <S3Fields editor={editor} />
    </ServiceCard>
  );
}

export function DruidSection({ view }: { view: ConnectionsView }) {
  const editor = useService(druidForm, view);
  const [desk] = useDesk();
  return (
    <ServiceCard
      editor={editor}
      test={desk.tests.druid}
      title="Cluster (Druid)"
      lead="Answers figures over more data than one computer can hold."
      blocked={view.connections.s3 === null}
      turnOffWords={
        view.connections.figuresFrom === 'druid'
          ? 'Figures then come from this computer, and accepted imports are no longer published to Druid. What is in its datasource stays there.'
          : 'Accepted imports are then no longer published to Druid. What is in its datasource stays there.'
      }
      notices={
        view.connections.s3 === null ? (
          <Notice tone="warn">
            Druid reads its data from S3, which is off. <SectionLink section="s3">Set up S3</SectionLink>{' '}
            first.
          </Notice>
        ) : (
          desk.drafts.s3 && (
            <Notice tone="info">
              A test uses S3 as it is saved; <SectionLink section="s3">its form</SectionLink> has changes that
              are not saved yet.
            </Notice>
          )
        )
      }
    >
      <DruidFields editor={editor} />
    </ServiceCard>
  );
}

export function PostgresSection({ view }: { view: ConnectionsView }) {
  const editor = useService(postgresForm, view);
  const [desk] = useDesk();
  return (
    <ServiceCard
      editor={editor}
      test={desk.tests.postgres}
      title="Shared database (PostgreSQL)"
      lead="Lets several computers share imports, targets and settings."
      turnOffWords="This computer then works for itself again and no longer sees the imports of others. What is in the database stays there."
    >
      <PostgresFields editor={editor} />
    </ServiceCard>
  );
}
