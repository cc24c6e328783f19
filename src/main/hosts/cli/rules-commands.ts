import { writeFileSync } from 'node:fs';
import { describeCheck } from '#shared/domain/rules/rule-words';
import { usageError } from './arguments.ts';
import { EXIT, plain, table } from './output.ts';
import { readRulesFile } from './rules-file.ts';
import { withEngine, type Context } from './session.ts';

/** `rules list`: the rules in force. */
export function rulesListCommand(context: Context): Promise<number> {
  return withEngine(context, async ({ client }) => {
    const kept = await client.call('rules.get', {});
    const { rules } = kept.ruleSet;
    context.output.out(
      context.json
        ? `${JSON.stringify(kept, null, 2)}\n`
        : table(
            ['Rule', 'On', 'Broken', 'Name', 'What it asks'],
            rules.map(({ id, enabled, severity, name, check }) => [
              id,
              enabled ? 'yes' : 'no',
              severity === 'error' ? 'rejects' : 'warns',
              name,
              describeCheck(check),
            ]),
            ['left', 'left', 'left', 'left', 'left'],
          ),
    );
    return EXIT.done;
  });
}

/** `rules export --out FILE`: the document that `rules import` takes. */
export function rulesExportCommand(context: Context): Promise<number> {
  const path = context.args.text('out');
  if (path === undefined)
    throw usageError('rules export needs a file to write', 'Give for example --out rules.json.');
  return withEngine(context, async ({ client }) => {
    const { ruleSet } = await client.call('rules.get', {});
    writeFileSync(path, `${JSON.stringify(ruleSet, null, 2)}\n`);
    context.output.out(
      context.json
        ? `${JSON.stringify({ path, rules: ruleSet.rules.length }, null, 2)}\n`
        : `${ruleSet.rules.length} rules written to ${plain(path)}\n`,
    );
    return EXIT.done;
  });
}

/** `rules import FILE`: replaces the rules by those of a file. */
export function rulesImportCommand(context: Context): Promise<number> {
  const ruleSet = readRulesFile(context.args.positionals[0] ?? '');
  return withEngine(context, async ({ client }) => {
    const { revision } = await client.call('rules.get', {});
    const kept = await client.call('rules.save', { ruleSet, revision });
    context.output.out(
      context.json
        ? `${JSON.stringify(kept, null, 2)}\n`
        : `${kept.ruleSet.rules.length} rules are in force, as version ${kept.revision}.\n`,
    );
    return EXIT.done;
  });
}
