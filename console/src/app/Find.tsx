import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Window } from "../elements/Window";
import { useTexts } from "../texts/language";
import { screens } from "./screens";
import { useMay } from "./session";

/** Ids of requests and traces are at least this long; no screen's name is. */
const idLength = 16;

/** Find opens a screen by its name, or a request by its id: ⌘K or Ctrl+K. */
export function Find() {
  const t = useTexts();
  const may = useMay();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);

  useEffect(() => {
    const listen = (e: KeyboardEvent) => {
      if ((e.metaKey || e.ctrlKey) && e.key.toLowerCase() === "k") {
        e.preventDefault();
        setText("");
        setAt(0);
        setOpen(true);
      }
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);

  const wanted = text.trim().toLowerCase();
  const found = screens
    .filter((s) => !s.need || may(s.need))
    .filter((s) => `${t(s.text)} ${s.to}`.toLowerCase().includes(wanted))
    .map((s) => ({ label: t(s.text), go: () => navigate({ to: s.to }) }));
  if (wanted.length >= idLength && !/\s/.test(wanted)) {
    found.unshift({
      label: t("nav.openRequest"),
      go: () => navigate({ to: "/requests/$id", params: { id: text.trim() } }),
    });
  }
  const choose = (index: number) => {
    const choice = found[index];
    if (choice) {
      setOpen(false);
      void choice.go();
    }
  };

  return (
    <>
      <button type="button" className="button find" onClick={() => setOpen(true)}>
        {t("nav.find")} <kbd>⌘K</kbd>
      </button>
      <Window bare title={t("nav.find")} open={open} onClose={() => setOpen(false)}>
        <input
          // biome-ignore lint/a11y/noAutofocus: who opens the palette wants to type
          autoFocus
          aria-label={t("nav.findPlaceholder")}
          placeholder={t("nav.findPlaceholder")}
          value={text}
          onChange={(e) => {
            setText(e.target.value);
            setAt(0);
          }}
          onKeyDown={(e) => {
            if (e.key === "ArrowDown" || e.key === "ArrowUp") {
              e.preventDefault();
              const next = at + (e.key === "ArrowDown" ? 1 : -1);
              setAt(Math.max(0, Math.min(found.length - 1, next)));
            } else if (e.key === "Enter") {
              e.preventDefault();
              choose(at);
            }
          }}
        />
        <ul>
          {found.map((choice, index) => (
            <li key={choice.label}>
              <button type="button" className={index === at ? "at" : ""} onClick={() => choose(index)}>
                {choice.label}
              </button>
            </li>
          ))}
          {found.length === 0 && <li className="hint">{t("nav.nothingFound")}</li>}
        </ul>
      </Window>
    </>
  );
}
