/** One sale; money in cents, so that the expected sums need none of Mauzo's arithmetic. */
export interface Sale {
  readonly day: string;
  readonly branch: string;
  readonly cents: number;
}

export const sales = (month: string, branch: string, count: number): Sale[] =>
  Array.from({ length: count }, (_, index) => ({
    day: `${month}-${String(1 + (index % 28)).padStart(2, '0')}`,
    branch,
    cents: ((index * 7_919) % 900_000) + 101,
  }));

export const csvOf = (rows: readonly Sale[]) =>
  [
    'Posting Date,Branch,Item Name,Gross Revenue,Total Cost',
    ...rows.map(
      ({ day, branch, cents }, index) =>
        `${day},${branch},Cement in bags of fifty kilograms; delivery ${index},${(cents / 100).toFixed(2)},${cents % 97}`,
    ),
    '',
  ].join('\n');

export const figuresOf = (rows: readonly Sale[]) => ({
  rows: rows.length,
  revenue: rows.reduce((sum, { cents }) => sum + cents, 0) / 100,
});
