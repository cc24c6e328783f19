import { Tag } from '../../../ui/tag.tsx';
import styles from './service-card.module.css';

/** Whether what is shown is what is stored; told when it changes. */
export function ChangeTag({ changed, saved }: { changed: boolean; saved: boolean }) {
  return (
    <output className={styles.change}>
      {changed ? (
        <Tag tone="warn" icon="edit">
          Not saved yet
        </Tag>
      ) : (
        saved && (
          <Tag tone="good" icon="ok">
            Saved
          </Tag>
        )
      )}
    </output>
  );
}
