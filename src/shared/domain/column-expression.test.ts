import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateColumnExpression, expressionColumns, parseColumnExpression } from './column-expression.ts';

const HEADERS = ['Sales', 'Profit', 'Unit Price', 'Qty', 'Sub-Total (KES)', 'Qty ', 'a]b', '__proto__'];
const E4 = 10_000n;

function value(text: string, cells: Record<number, bigint | null> = {}, headers = HEADERS) {
  const parsed = parseColumnExpression(text, headers);
  if ('problem' in parsed) throw new Error(`${parsed.problem.position}: ${parsed.problem.message}`);
  return evaluateColumnExpression(parsed.tree, (column) => (column in cells ? (cells[column] ?? null) : 0n));
}
const problem = (text: string, headers = HEADERS) => {
  const parsed = parseColumnExpression(text, headers);
  return 'problem' in parsed ? parsed.problem : null;
};

describe('computed columns', () => {
  it('computes exactly, with the usual precedence', () => {
    expect(value('Sales - Profit', { 0: 3_000n, 1: 1_000n })).toEqual({ e4: 2_000n, rounded: false });
    expect(value('0.1 + 0.2')).toEqual({ e4: 3_000n, rounded: false });
    expect(value('1 + 2 * 3 - -(4 - 1)')?.e4).toBe(10n * E4);
    expect(value('[Unit Price] * Qty', { 2: 123_450n, 3: 30_000n }, HEADERS.slice(0, 4))?.e4).toBe(370_350n);
    expect(value('unit_price * 2', { 2: E4 })?.e4).toBe(2n * E4);
  });

  it('rounds a product once, half away from zero, and says so', () => {
    expect(value('0.0001 * 0.5')).toEqual({ e4: 1n, rounded: true });
    expect(value('0 - 0.0001 * 0.5')).toEqual({ e4: -1n, rounded: true });
    expect(value('0.0001 * 0.4')).toEqual({ e4: 0n, rounded: true });
  });

  it('is blank when a column is blank', () => {
    expect(value('Sales - Profit', { 1: null })).toBeNull();
  });

  it.each([
    ['Sales -', 8, 'ends too early'],
    ['Sales - Cost', 9, 'no column “Cost”'],
    ['Sales / 2', 7, 'Division'],
    ['(Sales', 7, 'parenthesis is missing'],
    ['Sales Profit', 1, 'no column “Sales Profit”'],
    ['Sales; DROP TABLE x', 6, '“;” is not understood'],
    ['Qty * 2', 1, 'more than one column'],
    ['[]', 1, 'not closed, or is empty'],
    ['1 2', 3, 'does not belong here'],
    ['', 1, 'ends too early'],
    [`${'('.repeat(100)}1`, 32, 'nested'],
  ])('refuses %j at character %i', (text, position, message) => {
    expect(problem(text)?.position).toBe(position);
    expect(problem(text)?.message).toContain(message);
  });

  it('takes any header in brackets, as plain data', () => {
    for (const header of ['Sub-Total (KES)', 'a]b', '__proto__']) {
      const parsed = parseColumnExpression(`[${header.replaceAll(']', ']]')}]`, HEADERS);
      expect('tree' in parsed && expressionColumns(parsed.tree)).toEqual([HEADERS.indexOf(header)]);
    }
  });

  it('agrees with exact arithmetic for any tree, and never throws for any text', () => {
    const tree = fc.letrec<{ node: { text: string; e8: bigint } }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc
          .integer({ min: 0, max: 9_999_999 })
          .map((n) => ({ text: (n / 100).toFixed(2), e8: BigInt(n) * 1_000_000n })),
        fc.tuple(tie('node'), fc.constantFrom('+', '-'), tie('node')).map(([a, operator, b]) => ({
          text: `(${a.text} ${operator} ${b.text})`,
          e8: operator === '+' ? a.e8 + b.e8 : a.e8 - b.e8,
        })),
      ),
    }));
    fc.assert(
      fc.property(tree.node, ({ text, e8 }) => {
        fc.pre(problem(text) === null);
        expect(value(text)?.e4).toBe(e8 / E4);
      }),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => void parseColumnExpression(text, HEADERS)),
    );
  });
});
