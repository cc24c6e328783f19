import { useDebouncedValue } from '@mantine/hooks';
import { useId, useState } from 'react';
import type { Dimension } from '#shared/domain/sales-schema';
import { useValues } from '../data/queries.ts';
import { Button } from '../ui/button.tsx';
import { Chip } from '../ui/chip.tsx';
import { ErrorPanel } from '../ui/error-panel.tsx';
import { formatNumber } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { Popover } from '../ui/popover.tsx';
import { dimensionLabel, dimensionPlural, valueLabel } from './dimensions.ts';
import './filter-chip.css';
import { useView } from './use-view.ts';
import type { FilterValues } from './view-state.ts';

/** A filter of one dimension: opens a searchable list, shows what it holds, and can be taken away. */
export function FilterChip({ dimension }: { dimension: Dimension }) {
  const view = useView();
  const chosen = view.state.filters[dimension] ?? [];
  const all = useValues(dimension, '');
  const total = all.data?.total;
  const active = chosen.length > 0;
  const value =
    chosen.length === 1
      ? valueLabel(chosen[0] ?? null)
      : active
        ? `${chosen.length}${total === undefined ? '' : ` of ${formatNumber(total)}`}`
        : total === undefined
          ? 'all'
          : `all ${formatNumber(total)}`;
  return (
    <Popover
      label={`Filter by ${dimensionLabel(dimension).toLowerCase()}`}
      padded={false}
      width={280}
      target={
        <Chip
          name={dimensionLabel(dimension)}
          value={value}
          active={active}
          onRemove={active ? () => view.setFilter(dimension, []) : undefined}
        />
      }
    >
      <FilterList
        dimension={dimension}
        chosen={chosen}
        onChange={(values) => view.setFilter(dimension, values)}
      />
    </Popover>
  );
}

function FilterList({
  dimension,
  chosen,
  onChange,
}: {
  dimension: Dimension;
  chosen: FilterValues;
  onChange(values: FilterValues): void;
}) {
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search, 150);
  const values = useValues(dimension, settled);
  const id = useId();
  const toggle = (value: string | null) =>
    onChange(chosen.includes(value) ? chosen.filter((entry) => entry !== value) : [...chosen, value]);
  const listed = values.data?.values ?? [];
  const unlisted = settled === '' ? chosen.filter((value) => !listed.some((row) => row.value === value)) : [];
  const hidden = (values.data?.total ?? 0) - listed.length;
  return (
    <div className="view-filter">
      <label className="view-filter-search">
        <Icon name="search" size={14} />
        <span className="sr">Search {dimensionPlural(dimension)}</span>
        <input
          data-autofocus
          type="search"
          placeholder={`Search ${dimensionPlural(dimension)}`}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </label>
      {values.error && <ErrorPanel error={values.error} onRetry={() => void values.refetch()} />}
      <ul aria-label={dimensionPlural(dimension)}>
        {[...unlisted.map((value) => ({ value, rows: null })), ...listed].map(({ value, rows }) => (
          <li key={value ?? '\0'}>
            <label htmlFor={`${id}-${value ?? '\0'}`}>
              <input
                id={`${id}-${value ?? '\0'}`}
                type="checkbox"
                checked={chosen.includes(value)}
                onChange={() => toggle(value)}
              />
              <span className={value === null ? 'ellipsis muted' : 'ellipsis'}>{valueLabel(value)}</span>
              <small>{rows === null ? '' : formatNumber(rows)}</small>
            </label>
            <button type="button" onClick={() => onChange([value])} aria-label={`Only ${valueLabel(value)}`}>
              Only
            </button>
          </li>
        ))}
        {values.data && listed.length === 0 && <li className="view-filter-none">No match</li>}
      </ul>
      <div className="view-foot">
        <span>
          {hidden > 0 ? `${formatNumber(hidden)} more: search to see them` : 'Figure at right: rows of data'}
        </span>
        <Button size="s" variant="ghost" disabled={chosen.length === 0} onClick={() => onChange([])}>
          Clear
        </Button>
      </div>
    </div>
  );
}
