import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { en } from "./en";

export type TextKey = keyof typeof en;
export type Texts = Record<TextKey, string>;
export type Language = "en" | "zh";

/** translate fills a text's {names} with values. */
export type Translate = (key: TextKey, values?: Record<string, string | number>) => string;

export function fill(text: string, values: Record<string, string | number> = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

const stored = "sluice.language";

function first(): Language {
  const kept = localStorage.getItem(stored);
  if (kept === "en" || kept === "zh") {
    return kept;
  }
  return navigator.language.startsWith("zh") ? "zh" : "en";
}

interface LanguageState {
  language: Language;
  choose: (language: Language) => void;
  t: Translate;
}

const LanguageContext = createContext<LanguageState>({
  language: "en",
  choose: () => {},
  t: (key, values) => fill(en[key], values),
});

/** LanguageProvider holds the chosen language; the texts of others than English load when needed. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, choose] = useState<Language>(first);
  const [texts, setTexts] = useState<Texts>(en);
  useEffect(() => {
    let stale = false;
    document.documentElement.lang = language;
    localStorage.setItem(stored, language);
    const load = language === "zh" ? import("./zh").then((m) => m.zh) : Promise.resolve<Texts>(en);
    load.then((loaded) => stale || setTexts(loaded));
    return () => {
      stale = true;
    };
  }, [language]);
  const state = useMemo(
    () => ({ language, choose, t: ((key, values) => fill(texts[key], values)) as Translate }),
    [language, texts],
  );
  return <LanguageContext value={state}>{children}</LanguageContext>;
}

export const useLanguage = () => useContext(LanguageContext);

/** useTexts is the translation into the chosen language. */
export const useTexts = (): Translate => useLanguage().t;
