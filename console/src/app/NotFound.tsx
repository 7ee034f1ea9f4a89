import { Link } from "@tanstack/react-router";
import { useTexts } from "../texts/language";

export function NotFound() {
  const t = useTexts();
  return (
    <p className="empty">
      {t("error.notFound")}{" "}
      <Link to="/requests" search={{}}>
        {t("nav.requests")}
      </Link>
    </p>
  );
}
