import { Link } from '@tanstack/react-router';
import type { DataStatus } from '#shared/domain/query';
import { useDataStatus } from '../data/queries.ts';
import { formatDay, formatMonth, formatNumber, formatPercent, plural } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { TrustBadge } from '../ui/trust-badge.tsx';
import './trust.css';

/** Branches that are known but have no rows in the newest month. */
export function missingBranches(status: DataStatus): string[] {
  const present = new Set(status.branchesInNewestMonth);
  return status.branches.filter((branch) => !present.has(branch));
}

/** The trust badge of the data: newest day, branches in the newest month, rejected rows. */
export function Trust() {
  const { data: status } = useDataStatus();
  if (!status || status.to === null) return null;
  const missing = missingBranches(status);
  const { rowsRead, rowsRejected, activeImports } = status;
  const branches = status.branches.length;
  const month = formatMonth(status.to);
  return (
    <TrustBadge
      complete={missing.length === 0 && rowsRejected === 0 && !status.publishing}
      facts={[
        {
          id: 'to',
          text: (
            <>
              Data to <b>{formatDay(status.to)}</b>
            </>
          ),
        },
        {
          id: 'branches',
          text: (
            <>
              <b>
                {missing.length === 0 ? `all ${branches}` : `${branches - missing.length} of ${branches}`}
              </b>{' '}
              branches
            </>
          ),
        },
        {
          id: 'rejected',
          text: (
            <>
              <b>{rejectedText(rowsRejected, rowsRead)}</b> rows rejected
            </>
          ),
        },
      ]}
    >
      <h3>Where these figures come from</h3>
      <dl className="view-trust">
        <dt>Days</dt>
        <dd>
          {formatDay(status.from)} – {formatDay(status.to)}
        </dd>
        <dt>Rows that count</dt>
        <dd>
          {formatNumber(status.rows)}
          {activeImports !== null && ` of ${plural(activeImports, 'import')}`}
        </dd>
        <dt>Rejected</dt>
        <dd>
          {rowsRejected === null || rowsRead === null
            ? 'Not known while the database is away'
            : `${formatNumber(rowsRejected)} of ${formatNumber(rowsRead)} rows read`}
        </dd>
        <dt>{month}</dt>
        <dd>
          {missing.length === 0 ? (
            'Every branch has rows'
          ) : (
            <>
              <Icon name="warning" size={12} className="warn-fill" /> No rows yet of {missing.join(', ')}
            </>
          )}
        </dd>
      </dl>
      <p className="view-trust-foot">
        <Link to="/import" search={(current) => current}>
          {rowsRejected !== null && rowsRejected > 0 ? 'See imports and rejected rows' : 'See imports'}
        </Link>
      </p>
    </TrustBadge>
  );
}

function rejectedText(rowsRejected: number | null, rowsRead: number | null): string {
  if (rowsRejected === null || rowsRead === null) return '–';
  const share = rowsRead === 0 ? 0 : rowsRejected / rowsRead;
  if (share === 0) return 'no';
  return share < 0.001 ? '<0.1%' : formatPercent(share);
}
