import { describeCheck, RULE_KIND_WORDS } from '#shared/domain/rules/rule-words';
import type { Rule } from '#shared/domain/rules/rule-set';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { CheckFields } from './check-fields.tsx';
import { Field, inputClass } from './inputs.tsx';
import styles from './rule-editor.module.css';

/** Everything of one rule; the page keeps it until it is saved with the others. */
export function RuleEditor({
  rule,
  problems,
  onChange,
  onRemove,
}: {
  rule: Rule;
  problems: readonly { readonly input: string; readonly message: string }[];
  onChange: (rule: Rule) => void;
  onRemove: () => void;
}) {
  const words = RULE_KIND_WORDS[rule.check.kind];
  const problemOf = (input: string) => problems.find((problem) => problem.input === input)?.message;
  return (
    <Card
      title={words.title}
      actions={
        <Button size="s" variant="ghost" onClick={onRemove}>
          Remove
        </Button>
      }
    >
      <p className={styles.help}>{words.help}</p>
      <div className={styles.grid}>
        <Field label="Name" wide problem={rule.name.trim() === '' ? 'A name is needed.' : undefined}>
          {(attributes) => (
            <input
              {...attributes}
              className={inputClass}
              maxLength={100}
              value={rule.name}
              onChange={(event) => onChange({ ...rule, name: event.currentTarget.value })}
            />
          )}
        </Field>
        <CheckFields
          key={rule.id}
          check={rule.check}
          problemOf={problemOf}
          onChange={(check) => onChange({ ...rule, check })}
        />
        <div className={styles.choice}>
          <span>A row that breaks it</span>
          <Segmented
            label="A row that breaks it"
            value={rule.severity}
            options={[
              { value: 'warning', label: 'counts, with a warning' },
              { value: 'error', label: 'is rejected' },
            ]}
            onChange={(severity) => onChange({ ...rule, severity })}
          />
        </div>
        <div className={styles.choice}>
          <span>The rule is</span>
          <Segmented
            label="The rule is"
            value={rule.enabled ? 'on' : 'off'}
            options={[
              { value: 'on', label: 'On' },
              { value: 'off', label: 'Off' },
            ]}
            onChange={(state) => onChange({ ...rule, enabled: state === 'on' })}
          />
        </div>
      </div>
      <p className={styles.sentence}>{describeCheck(rule.check)}</p>
    </Card>
  );
}
