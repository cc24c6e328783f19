const TOKENS = {
  current: '--chart-1',
  currentDeep: '--chart-1-deep',
  previous: '--chart-prev',
  line: '--chart-line',
  up: '--div-up',
  down: '--div-down',
  grid: '--grid',
  axis: '--line-strong',
  text: '--text',
  text2: '--text-2',
  text3: '--text-3',
  surface: '--surface',
  warn: '--warn-fill',
} as const;

export type ChartColours = Readonly<Record<keyof typeof TOKENS, string>>;

const read = new Map<string, ChartColours>();

/** The tokens of the theme in force, as colours that a chart can draw with. */
export function readChartColours(theme: 'light' | 'dark'): ChartColours {
  const known = read.get(theme);
  if (known) return known;
  const style = getComputedStyle(document.documentElement);
  const colours: Record<string, string> = {};
  for (const [name, token] of Object.entries(TOKENS)) colours[name] = style.getPropertyValue(token).trim();
  read.set(theme, colours as ChartColours);
  return colours as ChartColours;
}
