import { BLANK, formatDuration } from '../../../ui/format.ts';
import { Icon } from '../../../ui/icon.tsx';
import type { StateWords } from '../model/words.ts';
import styles from './state-table.module.css';

export interface StateRow {
  readonly name: string;
  readonly state: StateWords;
  readonly latencyMs: number | null;
  readonly version: string | null;
  readonly lastSuccess: string;
}

/** Services or engines, one a line: how they are, how fast, which version. */
export function StateTable({
  label,
  of,
  rows,
}: {
  label: string;
  /** What a line is: "Service". */
  of: string;
  rows: readonly StateRow[];
}) {
  return (
    <table className={styles.table} aria-label={label}>
      <thead>
        <tr>
          <th>{of}</th>
          <th>State</th>
          <th className="num">Latency</th>
          <th>Version</th>
          <th className="num">Last success</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, state, latencyMs, version, lastSuccess }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <span className={styles.state}>
                <Icon
                  name={state.icon}
                  size={14}
                  className={state.tone === 'neutral' ? 'muted' : state.tone}
                />
                {state.text}
              </span>
            </td>
            <td className="num">{latencyMs === null ? BLANK : formatDuration(latencyMs)}</td>
            <td>{version ?? BLANK}</td>
            <td className="num">{lastSuccess}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
