import { expect, test } from "vitest";
import { replacedIn } from "./redaction";

test("placeholders of the row's entities are found, and no other brackets", () => {
  expect(replacedIn("to [EMAIL_1], [EMAIL_12] or [PHONE_1] [x]", ["email"])).toEqual([
    { start: 0, text: "to ", entity: "" },
    { start: 3, text: "[EMAIL_1]", entity: "email" },
    { start: 12, text: ", ", entity: "" },
    { start: 14, text: "[EMAIL_12]", entity: "email" },
    { start: 24, text: " or [PHONE_1] [x]", entity: "" },
  ]);
  expect(replacedIn("[CREDIT_CARD_2]", ["credit_card"])).toEqual([
    { start: 0, text: "[CREDIT_CARD_2]", entity: "credit_card" },
  ]);
  expect(replacedIn("", ["email"])).toEqual([]);
});
