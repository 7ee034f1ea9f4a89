import { getRouteApi } from "@tanstack/react-router";
import { useTexts } from "../texts/language";
import { RequestView } from "./RequestView";

const route = getRouteApi("/requests/$id");

export function RequestScreen() {
  const t = useTexts();
  const { id } = route.useParams();
  return (
    <>
      <h1>{t("request.title")}</h1>
      <RequestView key={id} id={id} />
    </>
  );
}
