import { useId } from 'react';
import type { JobView } from '#shared/domain/job';
import { formatTimestamp } from '../../../ui/format.ts';
import { Radio } from '../../../ui/radio.tsx';
import { Tag } from '../../../ui/tag.tsx';
import { PanelSection } from '../panel/side-panel.tsx';
import {
  changeLine,
  overlapSentence,
  overlapsOf,
  type OverlapChoice,
  type OverlapChoiceId,
} from './overlap-choices.ts';
import styles from './overlap-section.module.css';

/** Rows that are there already: which, and the four answers with what each does to the figures. */
export function OverlapSection({
  job,
  choices,
  chosen,
  onChoose,
}: {
  job: JobView;
  choices: readonly OverlapChoice[];
  chosen: OverlapChoiceId | null;
  onChoose: (id: OverlapChoiceId) => void;
}) {
  const name = useId();
  return (
    <PanelSection title="Already imported in part" aside="Choose what counts">
      <ul className={styles.files}>
        {overlapsOf(job).map((overlap) => (
          <li key={overlap.importId}>
            <b className="medium">{overlap.fileName}</b>, accepted {formatTimestamp(overlap.acceptedAt)}.{' '}
            {overlapSentence(overlap)}
          </li>
        ))}
      </ul>
      <fieldset className={styles.choices}>
        <legend className="sr">What to do about the rows that are there already</legend>
        {choices.map((choice) => {
          const change = changeLine(choice);
          return (
            <label key={choice.id} className={styles.choice}>
              <Radio name={name} checked={choice.id === chosen} onChange={() => onChoose(choice.id)} />
              <span className={styles.title}>
                {choice.title}
                {choice.suggested && <Tag tone="accent">Suggested</Tag>}
              </span>
              <span className={styles.change}>{change}</span>
              <span className={styles.effect}>{choice.effect}</span>
            </label>
          );
        })}
      </fieldset>
    </PanelSection>
  );
}
