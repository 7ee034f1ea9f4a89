import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { Field } from "../elements/Field";
import { useTexts } from "../texts/language";

interface CallKeyState {
  apiKey: string;
  setAPIKey: (key: string) => void;
}

const CallKeyContext = createContext<CallKeyState>({ apiKey: "", setAPIKey: () => {} });

/**
 * CallKeyProvider keeps the API key that calls to models are made with. It stays in the memory of
 * the page and is gone with it.
 */
export function CallKeyProvider({ children }: { children: ReactNode }) {
  const [apiKey, setAPIKey] = useState("");
  const state = useMemo(() => ({ apiKey, setAPIKey }), [apiKey]);
  return <CallKeyContext value={state}>{children}</CallKeyContext>;
}

export const useCallKey = () => useContext(CallKeyContext);

/** CallKeyField asks for the key, unless the reader signed in with one. */
export function CallKeyField() {
  const t = useTexts();
  const { apiKey, setAPIKey } = useCallKey();
  return (
    <Field
      label={t("playground.key")}
      hint={t("playground.keyHint")}
      type="password"
      value={apiKey}
      onChange={(e) => setAPIKey(e.target.value.trim())}
      autoComplete="off"
      required
    />
  );
}
