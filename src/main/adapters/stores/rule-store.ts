import type { Kysely } from 'kysely';
import { keptRulesSchema, type KeptRules } from '#shared/domain/rules/rule-set';
import { AppError } from '#shared/errors/app-error';
import type { RuleCopy, RuleStore } from '../../services/rules/ports.ts';
import { checkStored } from './json-column.ts';
import type { StoreSchema } from './schema.ts';
import type { StoreDatabase } from './store-database.ts';

/** Beside the settings, and moved with them. */
const NAME = 'rules';

async function readRules(db: Kysely<StoreSchema>): Promise<KeptRules | null> {
  const row = await db.selectFrom('settings').select('value').where('name', '=', NAME).executeTakeFirst();
  if (!row) return null;
  const place = { table: 'settings', id: NAME };
  return checkStored(keptRulesSchema, JSON.parse(row.value) as unknown, 'value', place);
}

async function writeRules(db: Kysely<StoreSchema>, rules: KeptRules): Promise<void> {
  const value = JSON.stringify(rules);
  await db
    .insertInto('settings')
    .values({ name: NAME, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

/** The rules of a company in one database. */
export function createRuleStore({ db, write }: StoreDatabase): RuleStore {
  return {
    read: () => readRules(db),
    save: (ruleSet, revision) =>
      write(async (transaction) => {
        const known = (await readRules(transaction))?.revision ?? 0;
        if (known !== revision)
          throw new AppError('rules.changed_elsewhere', 'conflict', { revision: known });
        const rules = { revision: revision + 1, ruleSet };
        await writeRules(transaction, rules);
        return rules;
      }),
  };
}

/** What this computer knows of the rules that others keep. */
export function createRuleCopy({ db, write }: StoreDatabase): RuleCopy {
  return {
    read: () => readRules(db),
    keep: (rules) =>
      write(async (transaction) => {
        if (rules) await writeRules(transaction, rules);
        else await transaction.deleteFrom('settings').where('name', '=', NAME).execute();
      }),
  };
}
