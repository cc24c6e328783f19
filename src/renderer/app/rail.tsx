import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useDataStatus } from '../data/queries.ts';
import { plural } from '../ui/format.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { ConnectionsBadge } from '../features/connections/connections-badge.tsx';
import { ImportBadge } from '../features/imports/import-badge.tsx';
import './rail.css';
import { useOrganisation } from './settings.ts';

export function Rail() {
  const status = useDataStatus();
  const organisation = useOrganisation();
  return (
    <nav className="app-rail" aria-label="Pages">
      <div className="app-brand">
        <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
          <rect width="24" height="24" rx="6" fill="var(--accent)" />
          <path
            d="M6 17V8.5l6 5.500 6-7.5V17"
            fill="none"
            stroke="var(--on-accent)"
            strokeWidth="2.2"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </svg>
        <span>Mauzo</span>
      </div>
      <ul>
        <li>
          <RailLink to="/dashboard" icon="dashboard" label="Dashboard" />
        </li>
        <li>
          <RailLink to="/import" icon="import" label="Import">
            <ImportBadge />
          </RailLink>
        </li>
        <li>
          <RailLink to="/rules" icon="shield" label="Rules" />
        </li>
      </ul>
      <ul>
        <li>
          <RailLink to="/connections/{-$section}" icon="plug" label="Connections">
            <ConnectionsBadge />
          </RailLink>
        </li>
      </ul>
      <div className="app-rail-foot">
        <span className="app-org">
          <Icon name="branch" size={14} />
        </span>
        <div>
          <span className="ellipsis">{organisation}</span>
          <small>
            {!status.data || status.data.rows === 0
              ? 'No data yet'
              : plural(status.data.branches.length, 'branch', 'branches')}
          </small>
        </div>
      </div>
    </nav>
  );
}

function RailLink({
  to,
  icon,
  label,
  children,
}: {
  to: '/dashboard' | '/import' | '/rules' | '/connections/{-$section}';
  icon: IconName;
  label: string;
  children?: ReactNode;
}) {
  return (
    <Link to={to} search={(current) => current} activeOptions={{ includeSearch: false }}>
      <Icon name={icon} />
      {label}
      {children}
    </Link>
  );
}
