import { SALES_FIELDS } from '#shared/domain/sales-schema';
import { useCall } from '../../../data/queries.ts';

/** Names what could not be matched, so that the row already says what will be asked. */
export function MissingFields({ jobId, fallback }: { jobId: string; fallback: string }) {
  const { data } = useCall('jobs.inspection', { jobId });
  if (!data || data.missing.length === 0) return fallback;
  const labels = data.missing.map((id) => SALES_FIELDS.find((field) => field.id === id)?.label ?? id);
  const named = labels.length > 3 ? [...labels.slice(0, 2), `${labels.length - 2} more`] : labels;
  const list =
    named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} and ${named.at(-1) ?? ''}`;
  return labels.length === 1
    ? `Not certain which column is ${list}`
    : `Not certain which columns are ${list}`;
}
