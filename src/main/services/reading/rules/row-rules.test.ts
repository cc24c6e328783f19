import { describe, expect, it } from 'vitest';
import {
  ruleSchema,
  type ResolvedRules,
  type RuleCheck,
  type RuleFacts,
} from '#shared/domain/rules/rule-set';
import type { Mapping } from '#shared/domain/mapping';
import { compilePattern } from '../../../adapters/patterns/compile-pattern.ts';
import { planRows } from '../row-slots.ts';
import { RowNormaliser } from '../row-normaliser.ts';
import {
  batchOf,
  columnOf,
  dateColumn,
  numberColumn,
  tableOf,
  type FixtureCell,
} from '../table-source.fixture.ts';
import { AcceptedRows } from './accepted-rows.ts';
import { RowRules } from './row-rules.ts';
import { TextCodes } from './text-codes.ts';

const TABLE = tableOf([
  columnOf(0, 'Day', dateColumn),
  columnOf(1, 'Shop'),
  columnOf(2, 'Sales', numberColumn),
  columnOf(3, 'Cost', numberColumn),
  columnOf(4, 'Lines', numberColumn),
]);
const source = (index: number, header: string) =>
  ({ kind: 'column', column: index, header, blankAs: 'null' }) as const;
const MAPPING: Mapping = {
  version: 1,
  fields: {
    __time: source(0, 'Day'),
    Branch: source(1, 'Shop'),
    grossRevenue: source(2, 'Sales'),
    totalCost: source(3, 'Cost'),
    lineItemCount: source(4, 'Lines'),
    ProductLine: { kind: 'constant', value: 'Paint' },
  },
};
const PLAN = planRows(MAPPING, TABLE, { importId: 'i', sheet: '' });

const rowOf = (
  cells: Partial<Record<'day' | 'shop' | 'sales' | 'cost' | 'lines', string>>,
): FixtureCell[] => [
  cells.day ?? '2026-10-05',
  cells.shop ?? 'Kisumu',
  cells.sales ?? '100',
  cells.cost ?? '',
  cells.lines ?? '1',
];

/** Batches of rows under one rule; answers `row: message` of what was found, and which rows are refused. */
function judge(
  check: RuleCheck,
  batches: readonly FixtureCell[][][],
  { facts = null, severity = 'error' }: { facts?: RuleFacts | null; severity?: 'error' | 'warning' } = {},
  others: ResolvedRules['rules'] = [],
) {
  const rule = ruleSchema.parse({ id: 'r', name: 'R', severity, enabled: true, check });
  const rules = new RowRules(
    { revision: 1, rules: [{ rule, facts }, ...others] },
    PLAN,
    { sheet: '', today: '2026-10-31' },
    compilePattern,
  );
  const normaliser = new RowNormaliser(PLAN, '', '2026-12-31');
  const rows = new AcceptedRows(PLAN);
  const found: { row: number; column: string | null; value: string | null; message: string }[] = [];
  const refused: number[] = [];
  let offset = 0;
  for (const cells of batches) {
    const batch = { ...batchOf(cells) };
    normaliser.begin(batch);
    rows.clear(batch.bytes);
    cells.forEach((_, record) => {
      normaliser.read(batch, record);
      expect(normaliser.refused).toBe(false);
      rows.append(normaliser.row, offset + record + 1, record, normaliser.month);
    });
    const judgement = rules.judge(rows);
    for (const [index, findings] of judgement.findings) {
      if (judgement.refused[index] === 1) refused.push(offset + index + 1);
      for (const { row, column, value, message } of findings) found.push({ row, column, value, message });
    }
    offset += cells.length;
  }
  return { found, rows: found.map(({ row }) => row), refused, rules };
}

describe('rules over rows', () => {
  it('required: blanks, and every row of a file without the field', () => {
    const rows = [[rowOf({}), rowOf({ cost: '5' })]];
    expect(judge({ kind: 'required', field: 'totalCost' }, rows)).toMatchObject({ rows: [1], refused: [1] });
    expect(judge({ kind: 'required', field: 'SalesPerson' }, rows).rows).toEqual([1, 2]);
    expect(judge({ kind: 'required', field: 'ProductLine' }, rows).rows).toEqual([]);
    expect(judge({ kind: 'required', field: 'Branch' }, rows).rows).toEqual([]);
  });

  it('range: limits belong to it, and amounts beyond 2^53 are judged exactly', () => {
    const sales = ['-0.0001', '0', '99999999999999', '99999999999998.9999', '1'].map((amount) =>
      rowOf({ sales: amount }),
    );
    const check = { kind: 'range', field: 'grossRevenue', min: '0', max: '99999999999998.9999' } as const;
    const { found } = judge(check, [sales]);
    expect(found).toEqual([
      { row: 1, column: 'Sales', value: '-0.0001', message: 'Gross revenue is -0.0001, below 0.' },
      {
        row: 3,
        column: 'Sales',
        value: '99999999999999',
        message: 'Gross revenue is 99999999999999, above 99999999999998.9999.',
      },
    ]);
    const lines = ['1', '2', '3', '4'].map((count) => rowOf({ lines: count }));
    expect(judge({ kind: 'range', field: 'lineItemCount', min: '2', max: '3' }, [lines]).rows).toEqual([
      1, 4,
    ]);
  });

  it('list, pattern and kind of text judge the trimmed text', () => {
    const shops = ['Kisumu', ' Kisumu ', 'kisumu', 'K-1', '12', '2026-02-29'].map((shop) => rowOf({ shop }));
    const list = judge({ kind: 'list', field: 'Branch', values: ['Kisumu'] }, [shops]);
    expect(list.rows).toEqual([3, 4, 5, 6]);
    expect(list.found[0]?.message).toBe('“kisumu” is not in the list. Is “Kisumu” meant?');
    expect(judge({ kind: 'pattern', field: 'Branch', pattern: '[A-Z].*' }, [shops]).rows).toEqual([3, 5, 6]);
    const form = (name: 'number' | 'whole-number' | 'date' | 'words') =>
      judge({ kind: 'type', field: 'Branch', form: name }, [shops]).rows;
    expect(form('number')).toEqual([1, 2, 3, 4, 6]);
    expect(form('whole-number')).toEqual([1, 2, 3, 4, 6]);
    expect(form('date')).toEqual([1, 2, 3, 4, 5, 6]);
    expect(form('words')).toEqual([5]);
    expect(judge({ kind: 'list', field: 'ProductLine', values: ['Roofing'] }, [shops]).rows).toHaveLength(6);
  });

  it('unique: over batches, blanks aside, and not against a row that another rule refuses', () => {
    const twice = [
      [rowOf({ cost: '1' }), rowOf({ cost: '1' })],
      [rowOf({ cost: '1', shop: 'Thika' }), rowOf({ cost: '1' }), rowOf({}), rowOf({})],
    ];
    const check: RuleCheck = { kind: 'unique', fields: ['Branch', 'totalCost', '__time'] };
    const { found, refused } = judge(check, twice);
    expect(refused).toEqual([2, 4]);
    expect(found[1]?.message).toContain('as in row 1.');
    const noFirst = {
      rule: ruleSchema.parse({
        id: 'x',
        name: 'X',
        severity: 'error',
        enabled: true,
        check: { kind: 'compare', left: 'Gross revenue', operator: '<>', right: '7' },
      }),
      facts: null,
    };
    const rows = [[rowOf({ cost: '1', sales: '7' }), rowOf({ cost: '1' }), rowOf({ cost: '1' })]];
    expect(judge(check, rows, {}, [noFirst]).refused).toEqual([1, 3]);
  });

  it('compare: exact, and blanks pass', () => {
    const rows = [[rowOf({ cost: '150' }), rowOf({ cost: '150.0001' }), rowOf({})]];
    const { found } = judge(
      { kind: 'compare', left: 'totalCost', operator: '<=', right: 'grossRevenue * 1.5' },
      rows,
    );
    expect(found).toEqual([
      {
        row: 2,
        column: null,
        value: null,
        message:
          'Gross revenue is 100, Total cost is 150.0001. Expected: totalCost must not be above grossRevenue * 1.5.',
      },
    ]);
  });

  it('date window: whole days at both ends, and back from the day of the import', () => {
    const days = ['2026-09-30 23:59:59', '2026-10-01', '2026-10-31 23:59:59', '2026-11-01'].map((day) =>
      rowOf({ day }),
    );
    const check = { kind: 'date-window', from: '2026-10-01', to: '2026-10-31', lastDays: null } as const;
    expect(judge(check, [days]).rows).toEqual([1, 4]);
    expect(judge({ ...check, from: null, to: null, lastDays: 30 }, [days]).rows).toEqual([1]);
  });

  it('known: new names, counted by name when they look like a known one', () => {
    const shops = ['Kisumu', 'Kismu', 'Eldoret', 'Kismu'].map((shop) => rowOf({ shop }));
    const facts: RuleFacts = { kind: 'known', values: ['Kisumu', 'Nakuru'] };
    const { found, refused, rules } = judge({ kind: 'known', field: 'Branch' }, [shops, shops], {
      facts,
      severity: 'warning',
    });
    expect(refused).toEqual([]);
    expect(found.map(({ row }) => row)).toEqual([2, 3, 4, 6, 7, 8]);
    expect(found[0]?.message).toBe('Branch “Kismu” is new; it looks like “Kisumu”.');
    expect(rules.similarValues).toEqual([{ field: 'Branch', value: 'Kismu', similarTo: 'Kisumu', rows: 4 }]);
    const rejecting = judge({ kind: 'known', field: 'Branch' }, [shops], { facts });
    expect(rejecting.refused).toEqual([2, 3, 4]);
    expect(rejecting.rules.similarValues).toEqual([]);
    expect(
      judge({ kind: 'known', field: 'Branch' }, [shops], { facts: { kind: 'none', reason: 'x' } }).rules.idle,
    ).toBe(true);
  });

  it('outlier: either sign, above the limit only', () => {
    const sales = ['500', '500.0001', '-500', '-501'].map((amount) => rowOf({ sales: amount }));
    const facts: RuleFacts = { kind: 'usual', limit: '500', rows: 1_000 };
    expect(judge({ kind: 'outlier', field: 'grossRevenue', times: 2 }, [sales], { facts }).rows).toEqual([
      2, 4,
    ]);
  });

  it('keeps rows whole while they wait', () => {
    const batch = batchOf([
      rowOf({ sales: '99999999999999.9999', cost: '' }),
      rowOf({ shop: 'Ñandú', cost: '3.5' }),
    ]);
    const normaliser = new RowNormaliser(PLAN, '', '2026-12-31');
    const rows = new AcceptedRows(PLAN);
    normaliser.begin(batch);
    rows.clear(batch.bytes);
    const states: unknown[] = [];
    const state = () => {
      const { row } = normaliser;
      return PLAN.written.map(({ type }, target) => {
        if (row.present[target] !== 1) return null;
        if (type === 'string')
          return new TextDecoder().decode(row.bytes.subarray(row.starts[target], row.ends[target]));
        return Number.isNaN(row.numbers[target]) ? row.bigs[target] : row.numbers[target];
      });
    };
    [0, 1].forEach((record) => {
      normaliser.read(batch, record);
      states.push(state());
      rows.append(normaliser.row, record + 1, record, normaliser.month);
    });
    const loaded = [0, 1].map((index) => {
      rows.load(index, normaliser.row);
      return state();
    });
    expect(loaded).toEqual(states);
  });
});

describe('numbers of texts', () => {
  it('are one for each different text, also of many', () => {
    const codes = new TextCodes();
    const texts = Array.from({ length: 5_000 }, (_, index) => `Ñ${index % 2_500}`);
    const found = texts.map((text) => {
      const bytes = new TextEncoder().encode(`x${text}y`);
      return codes.codeOf(bytes, 1, bytes.length - 1);
    });
    expect(new Set(found).size).toBe(2_500);
    expect(found.map((code) => codes.text(code))).toEqual(texts);
  });
});
