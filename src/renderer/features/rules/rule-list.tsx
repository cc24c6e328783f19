import { describeCheck } from '#shared/domain/rules/rule-words';
import type { Rule } from '#shared/domain/rules/rule-set';
import { cx } from '../../ui/class-names.ts';
import { Icon } from '../../ui/icon.tsx';
import { Tag } from '../../ui/tag.tsx';
import styles from './rule-list.module.css';

/** Every rule in a line: what it asks, and what happens to a row that breaks it. */
export function RuleList({
  rules,
  selected,
  broken,
  onSelect,
}: {
  rules: readonly Rule[];
  selected: string | null;
  /** Ids of rules that cannot be saved as they are. */
  broken: ReadonlySet<string>;
  onSelect: (id: string) => void;
}) {
  return (
    <ul className={styles.list}>
      {rules.map((rule) => (
        <li key={rule.id}>
          <button
            type="button"
            className={cx(styles.item, !rule.enabled && styles.off)}
            aria-current={rule.id === selected}
            onClick={() => onSelect(rule.id)}
          >
            <span className={styles.words}>
              <span className={styles.name}>{rule.name}</span>
              <span className={styles.sentence}>{describeCheck(rule.check)}</span>
            </span>
            {broken.has(rule.id) && <Icon name="error" size={14} className="bad" />}
            <RuleTag rule={rule} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function RuleTag({ rule }: { rule: Rule }) {
  if (!rule.enabled) return <Tag icon="none">Off</Tag>;
  return rule.severity === 'error' ? (
    <Tag tone="bad" icon="error">
      Rejects
    </Tag>
  ) : (
    <Tag tone="warn" icon="warning">
      Warns
    </Tag>
  );
}
