import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { call, type Page } from "../api/client";
import type { Model } from "../api/resources";
import { Field } from "../elements/Field";
import { useCallKey } from "./CallKey";

interface Props {
  label: string;
  hint: string;
  value: string;
  onChange: (value: string) => void;
  required?: boolean;
}

/** ModelsField takes models separated by commas, and suggests those that the key of the call may use. */
export function ModelsField({ label, hint, value, onChange, required = false }: Props) {
  const id = useId();
  const { apiKey } = useCallKey();
  const [choosing, setChoosing] = useState(false);
  const models = useQuery({
    queryKey: ["models", apiKey],
    queryFn: ({ signal }) => call<Page<Model>>("v1/models", { apiKey, signal }),
    enabled: choosing && apiKey !== "",
  });
  const before = value.slice(0, value.lastIndexOf(",") + 1); // a suggestion completes the last of them
  return (
    <>
      <Field
        label={label}
        hint={hint}
        value={value}
        onChange={(e) => onChange(e.target.value)}
        onFocus={() => setChoosing(true)}
        list={id}
        required={required}
      />
      <datalist id={id}>
        {models.data?.data.map((m) => (
          <option key={m.id} value={before ? `${before} ${m.id}` : m.id} />
        ))}
      </datalist>
    </>
  );
}
