import { useConnections, useServices } from './live.ts';
import { statusOf, TARGETS } from './model/services.ts';

/** How many services do not answer, beside the page's name in the rail; nothing while all do. */
export function ConnectionsBadge() {
  const view = useConnections().data;
  const live = useServices();
  const failed = view
    ? TARGETS.filter((target) => target !== 'keychain' && statusOf(target, view, live).state === 'failed')
        .length
    : 0;
  if (failed === 0) return null;
  return (
    <span className="app-rail-badge">
      {failed}
      <span className="sr"> not connected</span>
    </span>
  );
}
