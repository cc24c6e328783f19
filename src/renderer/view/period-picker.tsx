import { Checkbox } from '@mantine/core';
import { DatePicker } from '@mantine/dates';
import { useState } from 'react';
import { clipPeriod, monthEnd, PERIOD_PRESETS } from '#shared/domain/periods';
import type { Comparison, Period } from '#shared/domain/query';
import { useDataStatus } from '../data/queries.ts';
import { Button } from '../ui/button.tsx';
import { cx } from '../ui/class-names.ts';
import { formatDay, formatPeriod } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { Popover } from '../ui/popover.tsx';
import './period-picker.css';
import { useView, type View } from './use-view.ts';
import { resolvePeriod } from './view-state.ts';

const COMPARISONS: readonly { id: Comparison; label: string }[] = [
  { id: 'previous-period', label: 'Previous period' },
  { id: 'same-period-last-year', label: 'Same period last year' },
];

/** Which days, and what they are compared with: one control in the top bar of every page with figures. */
export function PeriodPicker() {
  const view = useView();
  const label = view.period ? formatPeriod(view.period) : view.ready ? 'All data' : '…';
  return (
    <Popover
      label="Period and comparison"
      padded={false}
      target={
        <button type="button" className="view-period">
          <span>
            <Icon name="calendar" />
            <span className="sr">Period </span>
            <b>{label}</b>
          </span>
          <span>
            <span className="ellipsis">
              {view.period ? comparisonText(view.state.compare) : 'not compared'}
            </span>
            <Icon name="chevron-down" size={14} />
          </span>
        </button>
      }
    >
      {(close) => <PeriodPanel view={view} close={close} />}
    </Popover>
  );
}

function comparisonText(compare: readonly Comparison[]): string {
  if (compare.length === 2) return 'vs previous period & last year';
  if (compare[0] === 'previous-period') return 'vs previous period';
  if (compare[0] === 'same-period-last-year') return 'vs last year';
  return 'not compared';
}

function PeriodPanel({ view, close }: { view: View; close(): void }) {
  const status = useDataStatus();
  const newestDay = status.data?.to ?? null;
  const [range, setRange] = useState<[string | null, string | null]>([
    view.period?.from ?? null,
    view.period?.to ?? null,
  ]);
  const [from, to] = range;
  const chosen: Period | null = from && to ? { from, to } : null;
  const toggle = (id: Comparison) => {
    const has = view.state.compare.includes(id);
    const compare = COMPARISONS.map((entry) => entry.id).filter((entry) =>
      entry === id ? !has : view.state.compare.includes(entry),
    );
    view.set({ ...view.state, compare });
  };
  return (
    <div className="view-period-panel">
      <div className="view-period-presets">
        <ul aria-label="Periods">
          {PERIOD_PRESETS.map((preset) => {
            const resolved = resolvePeriod(preset.id, newestDay);
            const days = resolved && newestDay ? clipPeriod(resolved, monthEnd(newestDay)) : resolved;
            return (
              <li key={preset.id}>
                <button
                  type="button"
                  aria-pressed={view.state.period === preset.id}
                  className={cx(view.state.period === preset.id && 'is-on')}
                  onClick={() => {
                    view.set({ ...view.state, period: preset.id });
                    close();
                  }}
                >
                  <span>{preset.label}</span>
                  <small>{days ? formatPeriod(days) : ''}</small>
                </button>
              </li>
            );
          })}
        </ul>
        <fieldset>
          <legend>Compare with</legend>
          {COMPARISONS.map((entry) => (
            <Checkbox
              key={entry.id}
              label={entry.label}
              checked={view.state.compare.includes(entry.id)}
              onChange={() => toggle(entry.id)}
            />
          ))}
        </fieldset>
      </div>
      <div className="view-period-range">
        <DatePicker
          type="range"
          allowSingleDateInRange
          size="xs"
          classNames={{
            day: 'view-day',
            calendarHeaderLevel: 'view-calendar-title',
            weekday: 'view-weekday',
          }}
          firstDayOfWeek={1}
          numberOfColumns={2}
          defaultDate={monthBefore(to ?? newestDay)}
          value={range}
          onChange={setRange}
          ariaLabels={{ previousMonth: 'Previous month', nextMonth: 'Next month' }}
        />
        <div className="view-foot">
          <p>
            {chosen ? `${formatDay(chosen.from)} – ${formatDay(chosen.to)}` : 'Choose the first and last day'}
          </p>
          <Button size="s" onClick={close} variant="ghost">
            Cancel
          </Button>
          <Button
            size="s"
            variant="primary"
            disabled={!chosen}
            onClick={() => {
              if (chosen) view.set({ ...view.state, period: chosen });
              close();
            }}
          >
            Show these days
          </Button>
        </div>
      </div>
    </div>
  );
}

/** Two months are shown: the one before the end and the end. */
function monthBefore(day: string | null): string {
  const at = day ? new Date(`${day.slice(0, 7)}-01T00:00:00Z`) : new Date();
  at.setUTCMonth(at.getUTCMonth() - (day ? 1 : 0));
  return at.toISOString().slice(0, 10);
}
