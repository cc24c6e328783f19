import { createContext, useContext, useId, type ReactNode } from 'react';
import { cx } from '../../../ui/class-names.ts';
import { Icon } from '../../../ui/icon.tsx';
import styles from './field.module.css';

/** True where environment variables set the service: values are shown and can be copied, not changed. */
export const ReadOnly = createContext(false);

export interface FieldProps {
  label: string;
  /** What to put in, with its unit; an example goes into the placeholder. */
  hint?: ReactNode;
  problem?: string | undefined;
  warning?: string | undefined;
  optional?: boolean;
  wide?: boolean;
  /** The control is a group of buttons: named by the label, not clicked through it. */
  grouped?: boolean;
}

export interface FieldIds {
  readonly id: string;
  readonly labelId: string;
  readonly described: { 'aria-describedby'?: string };
}

/** Label above, control, and below it what is wrong, what is unwise, or what to put in. */
export function FieldFrame({
  label,
  hint,
  problem,
  warning,
  optional = false,
  wide = false,
  grouped = false,
  children,
}: FieldProps & { children: (ids: FieldIds) => ReactNode }) {
  const id = useId();
  const labelId = `${id}-label`;
  const noteId = `${id}-note`;
  const Label = grouped ? 'span' : 'label';
  const noted = Boolean(problem ?? warning ?? hint);
  return (
    <div className={cx(styles.field, wide && styles.wide)}>
      <Label id={labelId} className={styles.label} {...(grouped ? {} : { htmlFor: id })}>
        {label}
        {optional && <span className="muted"> optional</span>}
      </Label>
      {children({ id, labelId, described: noted ? { 'aria-describedby': noteId } : {} })}
      {noted && <Note id={noteId} hint={hint} problem={problem} warning={warning} />}
    </div>
  );
}

/** What is wrong, then what is unwise; the hint makes way for a problem. */
export function Note({
  id,
  hint,
  problem,
  warning,
}: {
  id: string;
  hint?: ReactNode;
  problem?: string | undefined;
  warning?: string | undefined;
}) {
  return (
    <div id={id} className={styles.note}>
      {problem !== undefined && (
        <p className={styles.problem}>
          <Icon name="error" size={12} />
          {problem}
        </p>
      )}
      {warning !== undefined && (
        <p className={styles.warning}>
          <Icon name="warning" size={12} />
          {warning}
        </p>
      )}
      {hint !== undefined && problem === undefined && <p>{hint}</p>}
    </div>
  );
}

export function TextField({
  value,
  example,
  numeric = false,
  disabled = false,
  onChange,
  onLeave,
  ...frame
}: FieldProps & {
  value: string;
  example?: string;
  numeric?: boolean;
  disabled?: boolean;
  onChange: (value: string) => void;
  onLeave?: () => void;
}) {
  const readOnly = useContext(ReadOnly);
  return (
    <FieldFrame {...frame}>
      {({ id, described }) => (
        <input
          id={id}
          {...described}
          className={styles.input}
          value={value}
          placeholder={readOnly ? '–' : example}
          inputMode={numeric ? 'numeric' : undefined}
          disabled={disabled}
          readOnly={readOnly}
          aria-invalid={frame.problem === undefined ? undefined : true}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={(event) => onChange(event.currentTarget.value)}
          onBlur={onLeave}
        />
      )}
    </FieldFrame>
  );
}
