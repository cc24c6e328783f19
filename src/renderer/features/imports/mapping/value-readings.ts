import type { DateOrder, NumberStyle } from '#shared/domain/mapping';
import { formatWallClock, parseDateText } from '#shared/domain/values/dates';
import { formatE4, parseE4Text } from '#shared/domain/values/numbers';

/** How a cell is read under a chosen style, by the parser's own rules. A cell that does not fit is kept as it stands. */
export interface Reading {
  /** Value as it would be read; null for a blank cell. */
  readonly text: string | null;
  /** False when the cell does not fit the style. */
  readonly fits: boolean;
}

const BLANK: Reading = { text: null, fits: true };
const misfit = (cell: string): Reading => ({ text: cell, fits: false });

/** Decimal text with a point and no grouping. */
export function readNumber(cell: string, style: NumberStyle): Reading {
  const parsed = parseE4Text(cell, style);
  if (parsed.ok) return { text: formatE4(parsed.e4), fits: true };
  return parsed.reason === 'blank' ? BLANK : misfit(cell);
}

/** `yyyy-mm-dd`, with ` HH:MM` when the cell carries a time. */
export function readDate(cell: string, order: DateOrder): Reading {
  const parsed = parseDateText(cell, order);
  if (!parsed.ok) return parsed.reason === 'blank' ? BLANK : misfit(cell);
  const [day = '', time = ''] = formatWallClock(parsed.micros).split('T');
  return { text: parsed.hasTime ? `${day} ${time.slice(0, 5)}` : day, fits: true };
}
