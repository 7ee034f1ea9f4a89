import type { ReactNode } from "react";
import { type TextKey, useTexts } from "../texts/language";

export interface Column<Row> {
  /** The heading; a column of buttons has none. */
  text?: TextKey;
  number?: boolean;
  cell: (row: Row) => ReactNode;
}

interface Props<Row> {
  rows: Row[];
  columns: Column<Row>[];
  id: (row: Row) => string;
  /** A last row under the others, a cell for each column. */
  foot?: ReactNode[];
}

/** Table shows rows under their headings, and says so where there are none. */
export function Table<Row>({ rows, columns, id, foot }: Props<Row>) {
  const t = useTexts();
  if (rows.length === 0) {
    return <p className="empty">{t("list.empty")}</p>;
  }
  const kind = (c: Column<Row>) => (c.number ? "number" : undefined);
  return (
    <div className="wide">
      <table>
        <thead>
          <tr>
            {columns.map((c, i) =>
              c.text ? (
                <th key={c.text} className={kind(c)}>
                  {t(c.text)}
                </th>
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: the columns of a table never move
                <td key={i} />
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={id(row)}>
              {columns.map((c, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the columns of a table never move
                <td key={i} className={kind(c)}>
                  {c.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {foot && (
          <tfoot>
            <tr>
              {foot.map((cell, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the columns of a table never move
                <td key={i} className={columns[i]?.number ? "number" : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}
