import { Checkbox } from '@mantine/core';
import { useContext, useId, type ReactNode } from 'react';
import { cx } from '../../../ui/class-names.ts';
import { Radio } from '../../../ui/radio.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { Note, ReadOnly } from './field.tsx';
import styles from './field.module.css';

interface Option<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly hint?: string;
}

/** A few short choices in one line. */
export function SegmentedField<T extends string>({
  label,
  hint,
  warning,
  value,
  options,
  onChange,
}: {
  label: string;
  hint?: ReactNode;
  warning?: string | undefined;
  value: T;
  options: readonly Option<NoInfer<T>>[];
  onChange: (value: NoInfer<T>) => void;
}) {
  const readOnly = useContext(ReadOnly);
  const id = useId();
  return (
    <div className={cx(styles.field, styles.wide)}>
      <span className={styles.label} aria-hidden="true">
        {label}
      </span>
      <div>
        <Segmented label={label} value={value} options={options} onChange={onChange} disabled={readOnly} />
      </div>
      {(hint ?? warning) !== undefined && <Note id={id} hint={hint} warning={warning} />}
    </div>
  );
}

/** Choices that need a sentence each. */
export function RadioField<T extends string>({
  label,
  warning,
  value,
  options,
  onChange,
}: {
  label: string;
  warning?: string | undefined;
  value: T;
  options: readonly Option<NoInfer<T>>[];
  onChange: (value: NoInfer<T>) => void;
}) {
  const readOnly = useContext(ReadOnly);
  const name = useId();
  return (
    <fieldset className={cx(styles.choices, styles.wide)} disabled={readOnly}>
      <legend className={styles.label}>{label}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <Radio name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
          <span>{option.label}</span>
          {option.hint && <small>{option.hint}</small>}
        </label>
      ))}
      {warning !== undefined && <Note id={`${name}-note`} warning={warning} />}
    </fieldset>
  );
}

export function CheckField({
  label,
  hint,
  warning,
  checked,
  onChange,
}: {
  label: string;
  hint: string;
  warning: string | undefined;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  const readOnly = useContext(ReadOnly);
  const id = useId();
  return (
    <div className={cx(styles.field, styles.wide)}>
      <Checkbox
        label={label}
        aria-describedby={id}
        checked={checked}
        disabled={readOnly}
        onChange={(event) => onChange(event.currentTarget.checked)}
        classNames={{
          body: styles.checkBody ?? '',
          label: styles.check ?? '',
          input: styles.checkBox ?? '',
        }}
      />
      <Note id={id} hint={hint} warning={warning} />
    </div>
  );
}
