import { SALES_FIELDS } from '#shared/domain/sales-schema';
import { useCall } from '../../../data/queries.ts';

/** Names what could not be matched, so that the row already says what will be asked. */
export function MissingFields({ jobId, fallback }: { jobId: string; fallback: string }) {
  const { data } = useCall('jobs.inspection', { jobId });
  if (!data || data.missing.length === 0) return fallback;
  const labels = data.missing.map((id) => SALES_FIELDS.find((field) => field.id === id)?.label ?? id);
  const shown = labels.slice(0, 3).join(', ');
  const more = labels.length > 3 ? ` and ${labels.length - 3} more` : '';
  return `Not certain which column is ${shown}${more}`;
}
