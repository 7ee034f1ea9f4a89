import { useEffect } from "react";

/** useKeys calls handle for keys that are not typed into a field. */
export function useKeys(handle: (event: KeyboardEvent) => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const at = event.target as HTMLElement;
      const types = at.closest("input, textarea, select, [contenteditable], [role=dialog]") !== null;
      if (!types && !event.altKey && !event.ctrlKey && !event.metaKey) {
        handle(event);
      }
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [handle]);
}
