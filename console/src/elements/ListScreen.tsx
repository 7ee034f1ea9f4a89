import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { listKey, useList } from "../api/list";
import { useMay } from "../app/session";
import { type TextKey, useTexts } from "../texts/language";
import { Confirm } from "./Confirm";
import { ErrorNote } from "./ErrorNote";
import { type Column, Table } from "./Table";
import { Window } from "./Window";

export interface RowAction<Row> {
  text: TextKey;
  /** The permission that the action needs. */
  need: string;
  /** Asks first, with the {name} of the row: what cannot be undone has a question. */
  ask?: TextKey;
  on?: (row: Row) => boolean;
  /** Objects that the server's file declares are changed there; this action works on them too. */
  declared?: boolean;
  run: (row: Row) => Promise<unknown>;
  done?: (answer: unknown, row: Row) => void;
}

interface Props<Row> {
  title: TextKey;
  /** A part of a screen has a smaller heading. */
  part?: boolean;
  path: string;
  id: (row: Row) => string;
  name: (row: Row) => string;
  columns: Column<Row>[];
  actions?: RowAction<Row>[];
  create?: { text: TextKey; need: string; form: (done: () => void) => ReactNode };
  children?: ReactNode;
  /** In how many milliseconds the list is asked again; false: only when it is changed here. */
  refresh?: (rows: Row[]) => number | false;
  /** The form for a new object is open at first. */
  begin?: boolean;
}

/** ListScreen lists the objects of one kind, makes new ones, and acts on each. */
export function ListScreen<Row extends { from_file?: boolean }>(props: Props<Row>) {
  const { title, part, path, id, name, columns, actions = [], create, children, refresh, begin = false } = props;
  const t = useTexts();
  const may = useMay();
  const client = useQueryClient();
  const list = useList<Row>(path, true, refresh);
  const [making, setMaking] = useState(begin);
  const [asked, setAsked] = useState<{ action: RowAction<Row>; row: Row }>();
  const changed = () => client.invalidateQueries({ queryKey: listKey(path) });
  const act = useMutation({
    mutationFn: ({ action, row }: { action: RowAction<Row>; row: Row }) => action.run(row),
    onSuccess: (answer, { action, row }) => {
      setAsked(undefined);
      action.done?.(answer, row);
      return changed();
    },
  });
  const allowed = actions.filter((a) => may(a.need));
  const buttons: Column<Row> = {
    cell: (row) => (
      <span className="actions">
        {row.from_file && <span className="hint">{t("state.fromFile")}</span>}
        {allowed
          .filter((a) => (!row.from_file || a.declared) && (a.on?.(row) ?? true))
          .map((action) => (
            <button
              key={action.text}
              type="button"
              className="button small"
              disabled={act.isPending}
              aria-label={`${t(action.text)}: ${name(row)}`}
              onClick={() => (action.ask ? setAsked({ action, row }) : act.mutate({ action, row }))}
            >
              {t(action.text)}
            </button>
          ))}
      </span>
    ),
  };
  const Heading = part ? "h2" : "h1";
  return (
    <>
      <header className="actions">
        <Heading>{t(title)}</Heading>
        {create && may(create.need) && (
          <button type="button" className={part ? "button" : "button primary"} onClick={() => setMaking(true)}>
            {t(create.text)}
          </button>
        )}
      </header>
      {children}
      {list.error && <ErrorNote error={list.error} retry={() => list.refetch()} />}
      {act.error && !asked && <ErrorNote error={act.error} />}
      {list.isPending && !list.error && <p aria-busy="true">{t("list.loading")}</p>}
      {list.data && <Table rows={list.data} columns={[...columns, buttons]} id={id} />}
      {create && (
        <Window title={t(create.text)} open={making} onClose={() => setMaking(false)}>
          {create.form(() => {
            setMaking(false);
            void changed();
          })}
        </Window>
      )}
      {asked?.action.ask && (
        <Confirm
          title={t(asked.action.text)}
          question={t(asked.action.ask, { name: name(asked.row) })}
          open
          busy={act.isPending}
          error={act.error}
          onConfirm={() => act.mutate(asked)}
          onClose={() => {
            setAsked(undefined);
            act.reset();
          }}
        />
      )}
    </>
  );
}
