import { useState } from 'react';
import type { SalesFieldId } from '#shared/domain/sales-schema';
import { Choice, Field, inputClass } from './inputs.tsx';

/** A field of the sales schema. */
export function FieldChoice<F extends SalesFieldId>({
  label,
  value,
  options,
  help,
  onChange,
}: {
  label: string;
  value: F;
  options: readonly { readonly value: F; readonly label: string }[];
  help?: string;
  onChange: (field: F) => void;
}) {
  return (
    <Field label={label} help={help}>
      {(attributes) => <Choice {...attributes} value={value} options={options} onChange={onChange} />}
    </Field>
  );
}

/** A number as it is typed: what does not fit yet stays in the input and changes nothing. */
export function NumberInput({
  value,
  fits,
  onChange,
  ...rest
}: {
  id: string;
  'aria-describedby': string;
  'aria-invalid': true | undefined;
  value: string;
  fits: (text: string) => boolean;
  onChange: (text: string) => void;
}) {
  const [typed, setTyped] = useState(value);
  const text = fits(typed) && typed !== value ? value : typed;
  return (
    <input
      {...rest}
      className={inputClass}
      inputMode="decimal"
      autoComplete="off"
      aria-invalid={fits(text) ? rest['aria-invalid'] : true}
      value={text}
      // What is shown is what is saved.
      onBlur={() => setTyped(value)}
      onChange={(event) => {
        const next = event.currentTarget.value.trim();
        setTyped(next);
        if (fits(next)) onChange(next);
      }}
    />
  );
}
