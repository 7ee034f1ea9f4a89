import { expect, test } from "vitest";
import { visible } from "./Text";

test("control characters are shown, not obeyed", () => {
  expect(visible("a\u001b[31mred\u001b[0m\u202eb\tc\nd")).toBe("a\\u001b[31mred\\u001b[0m\\u202eb\tc\nd");
});
