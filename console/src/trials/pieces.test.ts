import { expect, test } from "vitest";
import { piecesOf } from "./pieces";

test("a text is cut at characters, not at halves of them", () => {
  expect(piecesOf("😀 a@b.c!", [{ entity: "email", start: 2, end: 7 }])).toEqual([
    { start: 0, text: "😀 ", entity: "" },
    { start: 2, text: "a@b.c", entity: "email" },
    { start: 7, text: "!", entity: "" },
  ]);
  expect(piecesOf("", [])).toEqual([]);
});
