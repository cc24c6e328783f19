import { z } from 'zod';
import { severitySchema } from '../findings.ts';
import { DIMENSIONS, SALES_FIELD_IDS, SALES_FIELDS, type SalesFieldId } from '../sales-schema.ts';

/** Fields that hold amounts, quantities and counts. */
export const NUMBER_FIELDS = [
  'grossRevenue',
  'returnsValue',
  'totalCost',
  'unitsSold',
  'unitsReturned',
  'lineItemCount',
] as const satisfies readonly SalesFieldId[];
export type NumberField = (typeof NUMBER_FIELDS)[number];

const field = z.enum(SALES_FIELD_IDS as [SalesFieldId, ...SalesFieldId[]]);
const textField = z.enum(DIMENSIONS);
const numberField = z.enum(NUMBER_FIELDS);
/** Decimal text with up to four places. */
const decimal = z.string().regex(/^-?\d{1,14}(?:\.\d{1,4})?$/, 'a number such as 1500 or -0.25');
const day = z.iso.date();

export const COMPARE_OPERATORS = ['<=', '<', '>=', '>', '=', '<>'] as const;
export type CompareOperator = (typeof COMPARE_OPERATORS)[number];
export const TEXT_FORMS = ['number', 'whole-number', 'date', 'words'] as const;

/**
 * What a rule asks of a row. A blank passes everything but `required`: whether a value may be missing is a rule of its
 * own. `pattern` is RE2 and must match the whole text; `compare` is exact; `known` and `outlier` look at rows that count
 * already, as they stood when the columns of the file were settled.
 */
export const ruleCheckSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('required'), field }),
  z.strictObject({ kind: z.literal('type'), field: textField, form: z.enum(TEXT_FORMS) }),
  z.strictObject({
    kind: z.literal('range'),
    field: numberField,
    min: decimal.nullable(),
    max: decimal.nullable(),
  }),
  z.strictObject({
    kind: z.literal('list'),
    field: textField,
    values: z.array(z.string().trim().min(1).max(500)).min(1).max(5_000),
  }),
  z.strictObject({ kind: z.literal('pattern'), field: textField, pattern: z.string().min(1).max(500) }),
  z.strictObject({ kind: z.literal('unique'), fields: z.array(field).min(1).max(SALES_FIELD_IDS.length) }),
  z.strictObject({
    kind: z.literal('compare'),
    left: z.string().min(1).max(300),
    operator: z.enum(COMPARE_OPERATORS),
    right: z.string().min(1).max(300),
  }),
  z.strictObject({ kind: z.literal('known'), field: textField }),
  z.strictObject({
    kind: z.literal('date-window'),
    from: day.nullable(),
    to: day.nullable(),
    /** At most so many days before the day of the import. */
    lastDays: z.number().int().min(0).max(36_500).nullable(),
  }),
  z.strictObject({
    kind: z.literal('outlier'),
    field: numberField,
    /** How many times larger than what 99 of 100 earlier rows have. */
    times: z.number().min(1).max(1_000_000),
  }),
]);
export type RuleCheck = z.infer<typeof ruleCheckSchema>;
export type RuleKind = RuleCheck['kind'];
export const RULE_KINDS: readonly RuleKind[] = ruleCheckSchema.options.map(({ shape }) => shape.kind.value);

export const ruleSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'small letters, digits and hyphens'),
  name: z.string().trim().min(1).max(100),
  /** An error rejects the row; a warning keeps it. */
  severity: severitySchema.exclude(['info']),
  enabled: z.boolean(),
  check: ruleCheckSchema,
});
export type Rule = z.infer<typeof ruleSchema>;

/** The rules of a company: a document that can be shared as a file. */
export const ruleSetSchema = z
  .strictObject({ version: z.literal(1), rules: z.array(ruleSchema).max(200) })
  .refine(({ rules }) => new Set(rules.map(({ id }) => id)).size === rules.length, 'two rules have one id');
export type RuleSet = z.infer<typeof ruleSetSchema>;

/** A rule set as it is kept; the revision counts changes, 0 for the rules that Mauzo comes with. */
export const keptRulesSchema = z.object({ revision: z.number().int().nonnegative(), ruleSet: ruleSetSchema });
export type KeptRules = z.infer<typeof keptRulesSchema>;

/** What rules look at beyond the file: taken once for each import, so that a repeated check gives the same result. */
export const ruleFactsSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('known'), values: z.array(z.string()) }),
  /** `limit`: largest amount, as decimal text, that is still usual. */
  z.object({ kind: z.literal('usual'), limit: z.string(), rows: z.number().int() }),
  /** Nothing to compare with yet, or too much of it: the rule does not judge, and why, in words. */
  z.object({ kind: z.literal('none'), reason: z.string() }),
]);
export type RuleFacts = z.infer<typeof ruleFactsSchema>;

/** Enabled rules with the facts that they need; null where a rule needs none. */
export const resolvedRulesSchema = z.object({
  revision: z.number().int().nonnegative(),
  rules: z.array(z.object({ rule: ruleSchema, facts: ruleFactsSchema.nullable() })),
});
export type ResolvedRules = z.infer<typeof resolvedRulesSchema>;
export type ResolvedRule = ResolvedRules['rules'][number];

export const NO_RULES: ResolvedRules = { revision: 0, rules: [] };

/** What every installation begins with; both only warn. */
export const DEFAULT_RULES: RuleSet = {
  version: 1,
  rules: [
    {
      id: 'known-branch',
      name: 'Branch is known',
      severity: 'warning',
      enabled: true,
      check: { kind: 'known', field: 'Branch' },
    },
    {
      id: 'unusual-revenue',
      name: 'Revenue is not unusually large',
      severity: 'warning',
      enabled: true,
      check: { kind: 'outlier', field: 'grossRevenue', times: 20 },
    },
  ],
};

/** The label of a field on screens. */
export const labelOfField = (id: SalesFieldId): string =>
  SALES_FIELDS.find((candidate) => candidate.id === id)?.label ?? id;
