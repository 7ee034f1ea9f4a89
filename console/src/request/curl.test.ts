import { expect, test } from "vitest";
import { curlOf } from "./curl";

test("a quote in the body cannot end the word", () => {
  const text = curlOf(
    { method: "POST", route: "/v1/chat/completions", request: { m: "it's $(rm -rf /)" } },
    new URL("http://h/sluice/"),
  );
  expect(text).toContain("'http://h/sluice/v1/chat/completions'");
  expect(text).toContain(`'{"m":"it'\\''s $(rm -rf /)"}'`);
});
