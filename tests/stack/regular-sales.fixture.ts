import type { OracleRow } from '../../src/main/services/analytics/evaluate-query.fixture.ts';

/** Two years of plain sales with blanks and returns: each month has some, so that comparisons meet data. */
export const regularSales: OracleRow[] = Array.from({ length: 240 }, (_, index) => {
  const month = `${2024 + Math.floor(index / 120)}-${String((Math.floor(index / 10) % 12) + 1).padStart(2, '0')}`;
  const hasCost = index % 7 !== 0;
  return {
    time: `${month}-${String(1 + ((index * 5) % 28)).padStart(2, '0')}T09:30:00`,
    text: {
      Branch: ['Thika', 'Embu', 'Nyeri'][index % 3] ?? '',
      ProductLine: ['Tools', 'Paint'][index % 2] ?? null,
      ItemGroup: index % 11 === 0 ? null : 'Brushes',
      ItemName: `Item ${index % 13}`,
      SalesPerson: index % 5 === 0 ? null : `Seller ${index % 4}`,
      AcctName: null,
      CardName: `Customer ${index % 37}`,
    },
    amount: {
      grossRevenue: index % 17 === 0 ? 0n : BigInt(index * 123_457 - 1_000_000),
      returnsValue: index % 4 === 0 ? -BigInt(index * 1_111) : 0n,
      totalCost: hasCost ? BigInt(index * 98_765) : null,
      unitsSold: BigInt((index % 9) * 10_000),
      unitsReturned: index % 4 === 0 ? -10_000n : null,
    },
    lineItemCount: BigInt(index % 3),
  };
});
