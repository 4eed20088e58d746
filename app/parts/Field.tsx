/** A labelled input, and a labelled choice. What stands in it is taken as it is: whoever is asked judges it. */
import { type ReactNode, useId } from "react";

interface InputProps {
  label: string;
  value: string;
  onChange(value: string): void;
  placeholder?: string;
  mono?: boolean;
  /** What it counts, behind it. */
  unit?: string;
}

export function TextField({ label, value, onChange, placeholder, mono = false, unit }: InputProps) {
  const id = useId();
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <span className="field-input">
        <input
          id={id}
          className={mono ? "mono" : undefined}
          value={value}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange(event.currentTarget.value)}
        />
        {unit !== undefined && <span className="quiet">{unit}</span>}
      </span>
    </div>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  onChange(value: NoInfer<Value>): void;
  options: readonly { value: Value; words: string }[];
}

export function ChoiceField<Value extends string>({ label, value, onChange, options }: ChoiceProps<Value>) {
  const id = useId();
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          const chosen = options.find((each) => each.value === event.currentTarget.value);
          if (chosen) onChange(chosen.value);
        }}
      >
        {options.map((each) => (
          <option key={each.value} value={each.value}>
            {each.words}
          </option>
        ))}
      </select>
    </div>
  );
}

export function CheckField({
  label,
  checked,
  onChange,
}: {
  label: ReactNode;
  checked: boolean;
  onChange(checked: boolean): void;
}) {
  return (
    <label className="field check-field">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}
