import { useState } from 'react';
import {
  COMPARE_OPERATORS,
  labelOfField,
  NUMBER_FIELDS,
  TEXT_FORMS,
  type RuleCheck,
} from '#shared/domain/rules/rule-set';
import { DIMENSIONS, SALES_FIELD_IDS, type SalesFieldId } from '#shared/domain/sales-schema';
import { areaClass, Choice, Field, inputClass } from './inputs.tsx';
import styles from './rule-editor.module.css';
import { FieldChoice, NumberInput } from './typed-inputs.tsx';

type CheckOf<K extends RuleCheck['kind']> = Extract<RuleCheck, { kind: K }>;
type Problems = (input: string) => string | undefined;

const optionsOf = <F extends SalesFieldId>(fields: readonly F[]) =>
  fields.map((value) => ({ value, label: labelOfField(value) }));
const TEXTS = optionsOf(DIMENSIONS);
const NUMBERS = optionsOf(NUMBER_FIELDS);
const ALL = optionsOf(SALES_FIELD_IDS);

const OPERATORS: Readonly<Record<(typeof COMPARE_OPERATORS)[number], string>> = {
  '<=': 'is at most',
  '<': 'is below',
  '>=': 'is at least',
  '>': 'is above',
  '=': 'equals',
  '<>': 'differs from',
};
const FORMS: Readonly<Record<(typeof TEXT_FORMS)[number], string>> = {
  number: 'a number',
  'whole-number': 'a whole number',
  date: 'a date (year-month-day)',
  words: 'words, not a number',
};

/** The inputs of one kind of rule. */
export function CheckFields({
  check,
  problemOf,
  onChange,
}: {
  check: RuleCheck;
  problemOf: Problems;
  onChange: (check: RuleCheck) => void;
}) {
  switch (check.kind) {
    case 'required':
      return (
        <FieldChoice
          label="Field"
          value={check.field}
          options={ALL}
          onChange={(field) => onChange({ ...check, field })}
        />
      );
    case 'known':
      return (
        <FieldChoice
          label="Field"
          value={check.field}
          options={TEXTS}
          help="Names that look like a known one are asked about before the rows count. Nothing is compared before the first import."
          onChange={(field) => onChange({ ...check, field })}
        />
      );
    case 'type':
      return (
        <>
          <FieldChoice
            label="Field"
            value={check.field}
            options={TEXTS}
            onChange={(field) => onChange({ ...check, field })}
          />
          <Field label="Must be">
            {(attributes) => (
              <Choice
                {...attributes}
                value={check.form}
                options={TEXT_FORMS.map((value) => ({ value, label: FORMS[value] }))}
                onChange={(form) => onChange({ ...check, form })}
              />
            )}
          </Field>
        </>
      );
    case 'range':
      return <RangeFields check={check} problemOf={problemOf} onChange={onChange} />;
    case 'list':
      return <ListFields check={check} onChange={onChange} />;
    case 'pattern':
      return (
        <>
          <FieldChoice
            label="Field"
            value={check.field}
            options={TEXTS}
            onChange={(field) => onChange({ ...check, field })}
          />
          <Field
            label="Pattern for the whole text"
            help="[A-Z]{3}-[0-9]+ means three capitals, a hyphen and digits."
            problem={problemOf('pattern')}
          >
            {(attributes) => (
              <input
                {...attributes}
                className={inputClass}
                spellCheck={false}
                maxLength={500}
                value={check.pattern}
                onChange={(event) => onChange({ ...check, pattern: event.currentTarget.value || '.*' })}
              />
            )}
          </Field>
        </>
      );
    case 'unique':
      return <UniqueFields check={check} onChange={onChange} />;
    case 'compare':
      return <CompareFields check={check} problemOf={problemOf} onChange={onChange} />;
    case 'date-window':
      return <WindowFields check={check} problemOf={problemOf} onChange={onChange} />;
    case 'outlier':
      return (
        <>
          <FieldChoice
            label="Amount"
            value={check.field}
            options={NUMBERS}
            onChange={(field) => onChange({ ...check, field })}
          />
          <Field
            label="How many times larger"
            help="Than what 99 of 100 earlier rows have. Compared from 200 rows on."
          >
            {(attributes) => (
              <NumberInput
                {...attributes}
                value={String(check.times)}
                fits={(text) => Number(text) >= 1 && Number(text) <= 1_000_000}
                onChange={(text) => onChange({ ...check, times: Number(text) })}
              />
            )}
          </Field>
        </>
      );
  }
}

const DECIMAL = /^-?\d{1,14}(?:\.\d{1,4})?$/;

const isLimit = (text: string) => text === '' || DECIMAL.test(text);
const limitOf = (text: string) => (text === '' ? null : text);

function RangeFields({
  check,
  problemOf,
  onChange,
}: {
  check: CheckOf<'range'>;
  problemOf: Problems;
  onChange: (check: RuleCheck) => void;
}) {
  return (
    <>
      <FieldChoice
        label="Amount"
        value={check.field}
        options={NUMBERS}
        onChange={(field) => onChange({ ...check, field })}
      />
      <span />
      <Field label="Smallest" help="Left blank: no limit" problem={problemOf('min')}>
        {(attributes) => (
          <NumberInput
            {...attributes}
            value={check.min ?? ''}
            fits={isLimit}
            onChange={(text) => onChange({ ...check, min: limitOf(text) })}
          />
        )}
      </Field>
      <Field label="Largest" help="Left blank: no limit" problem={problemOf('max')}>
        {(attributes) => (
          <NumberInput
            {...attributes}
            value={check.max ?? ''}
            fits={isLimit}
            onChange={(text) => onChange({ ...check, max: limitOf(text) })}
          />
        )}
      </Field>
    </>
  );
}

function ListFields({ check, onChange }: { check: CheckOf<'list'>; onChange: (check: RuleCheck) => void }) {
  const [typed, setTyped] = useState(check.values.join('\n'));
  const values = [
    ...new Set(
      typed
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    ),
  ];
  return (
    <>
      <FieldChoice
        label="Field"
        value={check.field}
        options={TEXTS}
        onChange={(field) => onChange({ ...check, field })}
      />
      <Field
        label="Allowed values, one a line"
        wide
        help="Written exactly as they must be."
        problem={values.length === 0 ? 'Give at least one value.' : undefined}
      >
        {(attributes) => (
          <textarea
            {...attributes}
            className={areaClass}
            rows={6}
            spellCheck={false}
            value={typed}
            onBlur={() => setTyped(check.values.join('\n'))}
            onChange={(event) => {
              const text = event.currentTarget.value;
              setTyped(text);
              const next = [
                ...new Set(
                  text
                    .split('\n')
                    .map((line) => line.trim())
                    .filter((line) => line !== ''),
                ),
              ];
              if (next.length > 0) onChange({ ...check, values: next.slice(0, 5_000) });
            }}
          />
        )}
      </Field>
    </>
  );
}

function UniqueFields({
  check,
  onChange,
}: {
  check: CheckOf<'unique'>;
  onChange: (check: RuleCheck) => void;
}) {
  return (
    <fieldset className={styles.boxes}>
      <legend>Fields that are compared together</legend>
      {SALES_FIELD_IDS.map((field) => {
        const checked = check.fields.includes(field);
        return (
          <label key={field}>
            <input
              type="checkbox"
              checked={checked}
              // The last one stays: a rule over nothing says nothing.
              disabled={checked && check.fields.length === 1}
              onChange={() =>
                onChange({
                  ...check,
                  fields: SALES_FIELD_IDS.filter((other) =>
                    other === field ? !checked : check.fields.includes(other),
                  ),
                })
              }
            />
            {labelOfField(field)}
          </label>
        );
      })}
    </fieldset>
  );
}

function CompareFields({
  check,
  problemOf,
  onChange,
}: {
  check: CheckOf<'compare'>;
  problemOf: Problems;
  onChange: (check: RuleCheck) => void;
}) {
  const side = (name: 'left' | 'right', label: string) => (
    <Field
      label={label}
      wide
      problem={problemOf(name)}
      help={
        name === 'right'
          ? `Amounts: ${NUMBER_FIELDS.map(labelOfField).join(', ')}; numbers, + - * and parentheses.`
          : undefined
      }
    >
      {(attributes) => (
        <input
          {...attributes}
          className={inputClass}
          spellCheck={false}
          maxLength={300}
          value={check[name]}
          onChange={(event) => onChange({ ...check, [name]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  return (
    <>
      {side('left', 'This amount')}
      <Field label="Must be so that it">
        {(attributes) => (
          <Choice
            {...attributes}
            value={check.operator}
            options={COMPARE_OPERATORS.map((value) => ({ value, label: OPERATORS[value] }))}
            onChange={(operator) => onChange({ ...check, operator })}
          />
        )}
      </Field>
      {side('right', 'That amount')}
    </>
  );
}

function WindowFields({
  check,
  problemOf,
  onChange,
}: {
  check: CheckOf<'date-window'>;
  problemOf: Problems;
  onChange: (check: RuleCheck) => void;
}) {
  const day = (name: 'from' | 'to', label: string) => (
    <Field label={label} help="Left blank: no limit" problem={problemOf(name)}>
      {(attributes) => (
        <input
          {...attributes}
          type="date"
          className={inputClass}
          value={check[name] ?? ''}
          onChange={(event) => onChange({ ...check, [name]: limitOf(event.currentTarget.value) })}
        />
      )}
    </Field>
  );
  return (
    <>
      {day('from', 'First day')}
      {day('to', 'Last day')}
      <Field label="At most so many days before the import" help="Left blank: no limit">
        {(attributes) => (
          <NumberInput
            {...attributes}
            value={check.lastDays === null ? '' : String(check.lastDays)}
            fits={(text) => /^\d{0,5}$/.test(text) && Number(text) <= 36_500}
            onChange={(text) => onChange({ ...check, lastDays: text === '' ? null : Number(text) })}
          />
        )}
      </Field>
    </>
  );
}
