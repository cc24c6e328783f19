import { useId } from 'react';
import './segmented.css';

/** One choice of a few, all visible: native radio buttons, so arrow keys move and choose. */
export function Segmented<T extends string>({
  label,
  value,
  options,
  disabled = false,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly { readonly value: NoInfer<T>; readonly label: string }[];
  disabled?: boolean;
  onChange(value: NoInfer<T>): void;
}) {
  const name = useId();
  return (
    <fieldset className="ui-segmented" disabled={disabled}>
      <legend className="sr">{label}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
