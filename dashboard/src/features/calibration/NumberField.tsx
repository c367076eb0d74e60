// A number in a field. What is typed stays as typed until the field is left; what is no number is
// marked and changes nothing.
import { TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useText } from "@/i18n/text";
import { fieldText, readNumber } from "./numbers";

interface NumberFieldProps {
  label: string;
  value: number | undefined;
  /** Most digits after the point. */
  digits: number;
  /** What an empty field does: it is no number, or it says that the number is not known. */
  empty: "refused" | "unknown";
  onChange: (value: number | undefined) => void;
  onFocus: () => void;
}

export function NumberField({ label, value, digits, empty, onChange, onFocus }: NumberFieldProps): ReactNode {
  const text = useText();
  const [typed, setTyped] = useState<string>();
  const shown = typed ?? fieldText(value, digits);
  const wrong = isWrong(readNumber(shown));
  return (
    <TextInput
      size="xs" inputMode="decimal" autoComplete="off" aria-label={label} value={shown} error={wrong && typed !== undefined ? text("calibration.notANumber") : undefined}
      onFocus={onFocus} onBlur={() => { setTyped(undefined); }}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        const read = readNumber(event.currentTarget.value);
        if (read !== null && !isWrong(read)) onChange(read);
      }}
    />
  );

  function isWrong(read: number | undefined | null): boolean {
    return read === null || (read === undefined && empty === "refused");
  }
}
