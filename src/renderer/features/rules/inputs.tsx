import { useId, type ReactNode } from 'react';
import { cx } from '../../ui/class-names.ts';
import { Icon } from '../../ui/icon.tsx';
import styles from './inputs.module.css';

/** A labelled input with its problem below; `children` gets the id and what describes it. */
export function Field({
  label,
  help,
  problem,
  wide = false,
  children,
}: {
  label: string;
  help?: string | undefined;
  problem?: string | undefined;
  wide?: boolean;
  children: (attributes: {
    id: string;
    'aria-describedby': string;
    'aria-invalid': true | undefined;
  }) => ReactNode;
}) {
  const id = useId();
  const note = `${id}-note`;
  return (
    <div className={cx(styles.field, wide && styles.wide)}>
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': note, 'aria-invalid': problem === undefined ? undefined : true })}
      <p id={note} className={cx(styles.note, problem !== undefined && styles.problem)}>
        {problem !== undefined && <Icon name="error" size={12} />}
        <span>{problem ?? help}</span>
      </p>
    </div>
  );
}

/** One of a few known values: a native select, whose list every system draws as its users know it. */
export function Choice<T extends string>({
  value,
  options,
  onChange,
  ...rest
}: {
  id?: string;
  'aria-label'?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true | undefined;
  value: T;
  options: readonly { readonly value: T; readonly label: string }[];
  onChange: (value: T) => void;
}) {
  return (
    <span className={styles.select}>
      <select
        {...rest}
        className={styles.input}
        value={value}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.currentTarget.value);
          if (chosen) onChange(chosen.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="chevron-down" size={14} />
    </span>
  );
}

export const inputClass = styles.input ?? '';
export const areaClass = styles.area ?? '';
