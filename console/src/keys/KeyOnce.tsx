import type { APIKey } from "../api/resources";
import { Copy } from "../elements/Copy";
import { Window } from "../elements/Window";
import { ClientBlocks } from "../setup/ClientBlocks";
import { useTexts } from "../texts/language";

/** KeyOnce shows a new key the only time that it can be seen, with blocks for clients that use it. */
export function KeyOnce({ made, onClose }: { made: APIKey; onClose: () => void }) {
  const t = useTexts();
  return (
    <Window title={made.name} open onClose={onClose}>
      <p className="note">{t("keys.once")}</p>
      <p className="actions">
        <code className="secret">{made.key}</code>
        <Copy text={made.key ?? ""} />
      </p>
      <h3>{t("keys.use")}</h3>
      <ClientBlocks apiKey={made.key ?? ""} />
    </Window>
  );
}
