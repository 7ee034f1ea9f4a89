import { useTexts } from "../texts/language";
import { ErrorNote } from "./ErrorNote";
import { Window } from "./Window";

interface Props {
  title: string;
  question: string;
  open: boolean;
  busy: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

/** Confirm asks before something that cannot be undone. */
export function Confirm({ title, question, open, busy, error, onConfirm, onClose }: Props) {
  const t = useTexts();
  return (
    <Window title={title} open={open} onClose={onClose}>
      <p>{question}</p>
      {error ? <ErrorNote error={error} /> : null}
      <footer className="actions">
        <button type="button" className="button" onClick={onClose}>
          {t("action.cancel")}
        </button>
        <button type="button" className="button danger" disabled={busy} onClick={onConfirm}>
          {title}
        </button>
      </footer>
    </Window>
  );
}
