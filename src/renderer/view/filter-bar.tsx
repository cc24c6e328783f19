import { DIMENSIONS, type Dimension } from '#shared/domain/sales-schema';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { dimensionLabel } from './dimensions.ts';
import { FilterChip } from './filter-chip.tsx';
import { Menu } from '../ui/menu.tsx';
import { useState } from 'react';
import './filter-bar.css';
import { Trust } from './trust.tsx';
import { useView } from './use-view.ts';

const ALWAYS: readonly Dimension[] = ['Branch', 'ProductLine', 'SalesPerson'];

/** Chips of every filter, those that are set included, and the trust badge. */
export function FilterBar() {
  const view = useView();
  const [added, setAdded] = useState<readonly Dimension[]>([]);
  const shown = DIMENSIONS.filter(
    (dimension) =>
      ALWAYS.includes(dimension) ||
      added.includes(dimension) ||
      (view.state.filters[dimension]?.length ?? 0) > 0,
  ).sort((a, b) => rank(a) - rank(b));
  const others = DIMENSIONS.filter((dimension) => !shown.includes(dimension));
  const filtered = Object.values(view.state.filters).some((values) => values.length > 0);
  return (
    <>
      <div className="view-chips">
        {shown.map((dimension) => (
          <FilterChip key={dimension} dimension={dimension} />
        ))}
        {others.length > 0 && (
          <Menu
            label="Add a filter"
            position="bottom-start"
            target={
              <button type="button" className="view-chip-add">
                <Icon name="plus" size={12} />
                Filter
              </button>
            }
            items={others.map((dimension) => ({
              id: dimension,
              label: dimensionLabel(dimension),
              onSelect: () => setAdded([...added, dimension]),
            }))}
          />
        )}
        {filtered && (
          <Button size="s" variant="ghost" onClick={() => view.set({ ...view.state, filters: {} })}>
            Clear filters
          </Button>
        )}
        {view.unreadable.length > 0 && (
          <span className="view-unreadable" role="alert">
            <Icon name="warning" size={12} className="warn-fill" />
            The address has a {view.unreadable.join(' and a ')} that cannot be read; the usual one is shown.
          </span>
        )}
      </div>
      <span className="grow" />
      <Trust />
    </>
  );
}

function rank(dimension: Dimension): number {
  const at = ALWAYS.indexOf(dimension);
  return at < 0 ? ALWAYS.length + DIMENSIONS.indexOf(dimension) : at;
}
