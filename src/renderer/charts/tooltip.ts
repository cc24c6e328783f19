/** ECharts styles its tooltip inline: our look has to be inline too. */
export const TOOLTIP = {
  className: 'chart-tip',
  confine: true,
  transitionDuration: 0,
  borderWidth: 0,
  extraCssText:
    'padding:8px 12px;border-radius:6px;background:var(--raised);color:var(--text);font:var(--t-small);' +
    'font-variant-numeric:tabular-nums;box-shadow:var(--e2)',
} as const;

/** A tooltip as elements with text, never as markup: names come out of people's files. */
export function tooltipElement(
  title: string,
  lines: readonly { readonly label: string; readonly value: string }[],
): HTMLElement {
  const root = document.createElement('div');
  const head = document.createElement('b');
  head.textContent = title;
  const list = document.createElement('dl');
  for (const line of lines) {
    const term = document.createElement('dt');
    term.textContent = line.label;
    const value = document.createElement('dd');
    value.textContent = line.value;
    list.append(term, value);
  }
  root.append(head, list);
  return root;
}
