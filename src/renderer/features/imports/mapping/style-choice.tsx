import { useId } from 'react';
import type { DateOrder, NumberStyle } from '#shared/domain/mapping';
import { formatDay } from '../../../ui/format.ts';
import { Radio } from '../../../ui/radio.tsx';
import { formatDecimal } from '../model/decimal-text.ts';
import { isSame, type StyleQuestion } from './mapping-draft.ts';
import styles from './style-choice.module.css';

const ORDER_WORDS: Readonly<Record<DateOrder, string>> = {
  'day-first': 'day first',
  'month-first': 'month first',
  iso: 'year first',
  'year-first': 'year first',
  'excel-1900': 'Excel number',
  'excel-1904': 'Excel number, old Mac',
};

/** “03/04/2024” is 3 Apr 2024 (day first) or 4 Mar 2024 (month first)? */
export function DateChoice({
  question,
  chosen,
  onChoose,
}: {
  question: StyleQuestion<DateOrder>;
  chosen: DateOrder | undefined;
  onChoose: (order: DateOrder) => void;
}) {
  return (
    <Choice
      example={question.example}
      mustAnswer={question.mustAnswer}
      chosen={chosen}
      onChoose={onChoose}
      options={question.options.map(({ value, reading }) => ({
        value,
        reading: dateWords(reading.text),
        word: ORDER_WORDS[value],
      }))}
    />
  );
}

/** “1.234” is 1,234 (comma decimals) or 1.234 (point decimals)? */
export function NumberChoice({
  question,
  chosen,
  onChoose,
}: {
  question: StyleQuestion<NumberStyle>;
  chosen: NumberStyle | undefined;
  onChoose: (style: NumberStyle) => void;
}) {
  return (
    <Choice
      example={question.example}
      mustAnswer={question.mustAnswer}
      chosen={chosen}
      onChoose={onChoose}
      options={question.options.map(({ value, reading }) => ({
        value,
        reading: formatDecimal(reading.text),
        word: value.decimal === ',' ? 'comma decimals' : 'point decimals',
      }))}
    />
  );
}

function Choice<T>({
  example,
  mustAnswer,
  chosen,
  options,
  onChoose,
}: {
  example: string;
  mustAnswer: boolean;
  chosen: T | undefined;
  options: readonly { readonly value: T; readonly reading: string; readonly word: string }[];
  onChoose: (value: T) => void;
}) {
  const name = useId();
  if (options.length === 0) return null;
  return (
    <fieldset className={styles.choice} data-open={(mustAnswer && chosen === undefined) || undefined}>
      <legend className="sr">“{example}” is</legend>
      <span aria-hidden="true">“{example}” is</span>
      <div>
        {options.map((option) => (
          <label key={JSON.stringify(option.value)}>
            <Radio
              name={name}
              checked={isSame(option.value, chosen)}
              onChange={() => onChoose(option.value)}
            />
            <b className="medium">{option.reading}</b>
            <span className="muted">{option.word}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** `2024-04-03 09:14` → "3 Apr 2024 09:14" */
export function dateWords(text: string | null): string {
  if (text === null) return '–';
  const [day = '', time] = text.split(' ');
  return time === undefined ? formatDay(day) : `${formatDay(day)} ${time}`;
}
