import { type ReactNode, useEffect, useRef } from "react";
import { useTexts } from "../texts/language";

interface Props {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
  /** Without a heading the title is for screen readers only. */
  bare?: boolean;
}

/** Window is a dialog over the page, the browser's own: Escape and a click beside it close it. */
export function Window({ title, open, onClose, children, bare = false }: Props) {
  const t = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) {
      dialog.current?.showModal();
    } else {
      dialog.current?.close();
    }
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the browser closes a dialog with Escape
    <dialog
      ref={dialog}
      className={bare ? "window palette" : "window"}
      aria-label={title}
      onClose={onClose}
      onClick={(e) => e.target === dialog.current && onClose()}
    >
      {open && (
        <div className="inside">
          {!bare && (
            <header>
              <h2>{title}</h2>
              <button type="button" className="button small" onClick={onClose}>
                {t("action.close")}
              </button>
            </header>
          )}
          {children}
        </div>
      )}
    </dialog>
  );
}
