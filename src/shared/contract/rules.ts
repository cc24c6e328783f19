import { z } from 'zod';
import { keptRulesSchema, ruleSetSchema } from '../domain/rules/rule-set.ts';
import { defineCommand, defineQuery } from '../rpc/define.ts';

export const rulesContract = {
  /** The rules in force; revision 0 are those that Mauzo comes with. */
  'rules.get': defineQuery({ input: z.strictObject({}), output: keptRulesSchema }),
  /** What keeps a rule set from being saved, rule by rule: `input` names the part of the rule. */
  'rules.check': defineQuery({
    input: z.strictObject({ ruleSet: ruleSetSchema }),
    output: z.object({
      problems: z.array(z.object({ ruleId: z.string(), input: z.string(), message: z.string() })),
    }),
  }),
  /** Replaces the rules; files that are checked from now on are checked by them. */
  'rules.save': defineCommand({
    input: z.strictObject({ ruleSet: ruleSetSchema, revision: z.number().int().nonnegative() }),
    output: keptRulesSchema,
    errors: ['rules.invalid', 'rules.changed_elsewhere'],
  }),
};
