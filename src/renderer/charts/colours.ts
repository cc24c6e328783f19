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

/** The tokens of the theme in force, as colours that a chart can draw with. */
export function readChartColours(): ChartColours {
  const style = getComputedStyle(document.documentElement);
  const colours: Record<string, string> = {};
  for (const [name, token] of Object.entries(TOKENS)) colours[name] = style.getPropertyValue(token).trim();
  return colours as ChartColours;
}
