import { Link } from '@tanstack/react-router';
import { useDataStatus } from '../data/queries.ts';
import { plural } from '../ui/format.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { ImportBadge } from '../features/imports/import-badge.tsx';
import './rail.css';
import { useOrganisation } from './settings.ts';

const PAGES: readonly { to: '/dashboard' | '/import'; label: string; icon: IconName }[] = [
  { to: '/dashboard', label: 'Dashboard', icon: 'dashboard' },
  { to: '/import', label: 'Import', icon: 'import' },
];

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
        {PAGES.map((page) => (
          <li key={page.to}>
            <Link to={page.to} search={(current) => current} activeOptions={{ includeSearch: false }}>
              <Icon name={page.icon} />
              {page.label}
              {page.to === '/import' && <ImportBadge />}
            </Link>
          </li>
        ))}
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
