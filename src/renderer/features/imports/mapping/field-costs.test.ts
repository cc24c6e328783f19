import { describe, expect, it } from 'vitest';
import { SALES_FIELDS } from '#shared/domain/sales-schema';
import { costOfLeavingOut, figuresThatNeed } from './field-costs.ts';

describe('what a missing field costs', () => {
  it('follows named metrics down to their columns', () => {
    expect(figuresThatNeed('totalCost')).toEqual(['Total cost', 'Gross profit', 'Gross margin']);
    expect(figuresThatNeed('unitsSold')).toContain('Average price');
    expect(figuresThatNeed('returnsValue')).toContain('Net sales');
  });

  it('says it in one sentence for every optional field', () => {
    expect(costOfLeavingOut('totalCost')).toBe(
      'Without total cost there is no gross profit or gross margin.',
    );
    expect(costOfLeavingOut('CardName')).toContain('cannot be split or filtered by customer');
    expect(costOfLeavingOut('lineItemCount')).toBe('Without it each row counts as one line item.');
    for (const field of SALES_FIELDS.filter((entry) => !entry.required))
      expect(costOfLeavingOut(field.id)).toMatch(/^Without .*\.$/);
  });
});
