export interface Movement {
  /** Null: rows without a value; undefined: the others together. */
  readonly value: string | null | undefined;
  readonly label: string;
  readonly change: number;
  readonly changePercent: number | null;
  /** Where its bar begins and ends on the scale of the total, in the unit of the figures. */
  readonly from: number;
  readonly to: number;
}

export interface MovementGroup {
  readonly value: string | null;
  readonly label: string;
  readonly current: number;
  readonly previous: number;
}

/**
 * Contributions to the change of an additive total, gains first, each bar beginning where the one before ended. Beyond
 * `limit` the smallest are put together, so that the bars always add up to the whole change.
 */
export function movements(groups: readonly MovementGroup[], limit: number): Movement[] {
  const bySize = [...groups].sort(
    (a, b) => Math.abs(b.current - b.previous) - Math.abs(a.current - a.previous),
  );
  const shown = bySize.length > limit ? bySize.slice(0, limit - 1) : bySize;
  const rest = bySize.slice(shown.length);
  const change = (group: { current: number; previous: number }) => group.current - group.previous;
  const percent = (group: { current: number; previous: number }) =>
    group.previous === 0 ? null : change(group) / Math.abs(group.previous);
  const list: Omit<Movement, 'from' | 'to'>[] = [...shown]
    .sort((a, b) => change(b) - change(a))
    .map((group) => ({
      value: group.value,
      label: group.label,
      change: change(group),
      changePercent: percent(group),
    }));
  if (rest.length > 0) {
    const sum = {
      current: rest.reduce((total, group) => total + group.current, 0),
      previous: rest.reduce((total, group) => total + group.previous, 0),
    };
    list.push({
      value: undefined,
      label: `${rest.length} others`,
      change: change(sum),
      changePercent: percent(sum),
    });
  }
  let at = groups.reduce((total, group) => total + group.previous, 0);
  return list.map((entry) => {
    const from = at;
    at += entry.change;
    return { ...entry, from, to: at };
  });
}
