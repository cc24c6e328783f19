import type { ConnectionsView } from '#shared/contract/connections';
import { SECRET_NAMES, type SecretName, type SecretPlace } from '#shared/domain/connections';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { useDesk } from './desk.ts';
import styles from './form/service-card.module.css';
import keys from './keychain-section.module.css';
import { SECRET_LABELS, SECRET_OWNERS, SERVICE_NAMES } from './model/words.ts';
import { SectionLink } from './section-link.tsx';

const PLACES: Readonly<
  Record<Exclude<SecretPlace, 'not-needed'>, { icon: IconName; tone: string; text: string }>
> = {
  keychain: { icon: 'ok', tone: 'good', text: 'In the keychain' },
  session: { icon: 'clock', tone: 'warn', text: 'Until Mauzo closes' },
  environment: { icon: 'screen', tone: 'muted', text: 'Environment variable' },
  missing: { icon: 'warning', tone: 'warn', text: 'Missing' },
};

/** Where each secret is kept; what they are is shown nowhere. */
export function KeychainSection({ view }: { view: ConnectionsView }) {
  const [desk, actions] = useDesk();
  const testing = desk.tests.keychain?.state === 'running';
  const needed = SECRET_NAMES.flatMap((name) => {
    const place = view.secrets[name];
    return place === 'not-needed' ? [] : [{ name, place }];
  });
  return (
    <Card title="Keychain">
      <p className={styles.lead}>
        The password store of this computer’s system. Secrets are kept there and in no file of Mauzo; each
        belongs to one server and user and goes to no other.
      </p>
      {needed.length === 0 ? (
        <p className="muted">No secret is needed yet.</p>
      ) : (
        <ul className={keys.secrets} aria-label="Secrets">
          {needed.map(({ name, place }) => (
            <SecretLine key={name} name={name} place={place} />
          ))}
        </ul>
      )}
      <footer className={styles.foot}>
        <span className="grow" />
        <Button
          variant={testing ? 'default' : 'primary'}
          icon="retry"
          busy={testing}
          onClick={() => actions.test({ target: 'keychain' })}
        >
          {testing ? 'Testing' : 'Test'}
        </Button>
      </footer>
    </Card>
  );
}

function SecretLine({ name, place }: { name: SecretName; place: Exclude<SecretPlace, 'not-needed'> }) {
  const owner = SECRET_OWNERS[name];
  const { icon, tone, text } = PLACES[place];
  return (
    <li>
      <SectionLink section={owner}>{SERVICE_NAMES[owner]}</SectionLink>
      <span className="grow">{SECRET_LABELS[name]}</span>
      <Icon name={icon} size={14} className={tone} />
      <span>{text}</span>
    </li>
  );
}
