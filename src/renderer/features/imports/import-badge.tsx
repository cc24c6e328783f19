import { countQueue } from './model/queue-model.ts';
import { useQueue } from './imports-services.ts';

/** How many files wait for a person, beside the page's name in the rail; nothing when none do. */
export function ImportBadge() {
  const waiting = countQueue(useQueue())['needs-you'];
  if (waiting === 0) return null;
  return (
    <span className="app-rail-badge">
      {waiting}
      <span className="sr"> {waiting === 1 ? 'file needs' : 'files need'} you</span>
    </span>
  );
}
