import { Link, useLocation } from "@tanstack/react-router";
import { useTexts } from "../texts/language";
import { groups } from "./screens";

/** The width below which the menu is opened for one choice, and shows the group in use only. */
const phone = window.matchMedia("(max-width: 60rem)");

/** Menu lists the screens that a role may see under their headings. Each heading opens and closes its group. */
export function Menu({ permissions, onChoose }: { permissions: readonly string[]; onChoose: () => void }) {
  const t = useTexts();
  const path = useLocation({ select: (at) => at.pathname });
  return groups.map((group) => {
    const shown = group.screens.filter((s) => s.need === "" || permissions.includes(s.need));
    if (shown.length === 0) {
      return null;
    }
    const here = shown.some((s) => `${path}/`.startsWith(`${s.to}/`));
    return (
      <details key={group.text} open={here || !phone.matches}>
        <summary>{t(group.text)}</summary>
        <ul>
          {shown.map((s) => (
            <li key={s.to}>
              <Link to={s.to} activeProps={{ className: "here", "aria-current": "page" }} onClick={onChoose}>
                {t(s.text)}
              </Link>
            </li>
          ))}
        </ul>
      </details>
    );
  });
}
