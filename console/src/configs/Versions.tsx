import { useState } from "react";
import type { ConfigVersion } from "../api/resources";
import { Difference } from "../editor/Editor";
import { Table } from "../elements/Table";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { useTexts } from "../texts/language";

interface Props {
  versions: ConfigVersion[]; // newest first
  rollBack: ((version: number) => void) | undefined;
  busy: boolean;
}

const written = (v: ConfigVersion | undefined) => JSON.stringify(v?.config ?? {}, null, 2);

/** Versions lists who changed a config when and why, and shows what one changed. */
export function Versions({ versions, rollBack, busy }: Props) {
  const t = useTexts();
  const [chosen, choose] = useState<number>();
  const shown = versions.find((v) => v.version === chosen);
  const before = versions.find((v) => chosen !== undefined && v.version < chosen);
  return (
    <>
      <Table
        rows={versions}
        id={(v) => String(v.version)}
        columns={[
          { text: "configs.version", number: true, cell: (v) => v.version },
          { text: "configs.updated", cell: (v) => <Time at={v.created_at} /> },
          { text: "configs.by", cell: (v) => visible(v.created_by || "–") },
          { text: "configs.note", cell: (v) => visible(v.note || "–") },
          {
            cell: (v) => (
              <span className="actions">
                <button
                  type="button"
                  className="button small"
                  aria-pressed={v.version === chosen}
                  aria-label={`${t("configs.compare")}: ${t("configs.showing", { n: v.version })}`}
                  onClick={() => choose(v.version === chosen ? undefined : v.version)}
                >
                  {t("configs.compare")}
                </button>
                {rollBack && v !== versions[0] && (
                  <button type="button" className="button small" disabled={busy} onClick={() => rollBack(v.version)}>
                    {t("configs.rollBack")}
                  </button>
                )}
              </span>
            ),
          },
        ]}
      />
      {shown && (
        <>
          <h3>{t("configs.showing", { n: shown.version })}</h3>
          <Difference label={t("configs.compare")} before={written(before)} after={written(shown)} />
        </>
      )}
    </>
  );
}
