/** A labelled input, and a labelled choice. What stands in it is taken as it is: whoever is asked judges it. */
import type { ReactNode } from "react";

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
  return (
    <label className="field">
      <span className="field-label">{label}</span>
      <span className="field-input">
        <input
          className={mono ? "mono" : undefined}
          value={value}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange(event.currentTarget.value)}
        />
        {unit !== undefined && <span className="quiet">{unit}</span>}
      </span>
    </label>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  onChange(value: NoInfer<Value>): void;
  options: readonly { value: Value; words: string }[];
}

export function ChoiceField<Value extends string>({ label, value, onChange, options }: ChoiceProps<Value>) {
  return (
    <label className="field">
      <span className="field-label">{label}</span>
      <select
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
    </label>
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
