import { useState } from "react";
import { Field } from "../elements/Field";
import { useTexts } from "../texts/language";
import { ClientBlocks } from "./ClientBlocks";

/** SetupScreen shows how each client is pointed at this server. The key stays on the page. */
export function SetupScreen() {
  const t = useTexts();
  const [key, setKey] = useState("");
  return (
    <>
      <h1>{t("setup.title")}</h1>
      <p>{t("setup.intro")}</p>
      <Field
        label={t("setup.key")}
        value={key}
        onChange={(e) => setKey(e.target.value)}
        placeholder="sk-sl-…"
        autoComplete="off"
      />
      <ClientBlocks apiKey={key || "$SLUICE_API_KEY"} />
    </>
  );
}
