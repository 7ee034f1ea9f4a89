import { expect, test } from "vitest";
import { queryOf, readSearch, searchOf, viewOf } from "./search";

test("senseless parameters are named and have no effect", () => {
  expect(
    readSearch({ status: "5xx", since: "yesterday", toString: "x", model: "gpt-5", live: "maybe", empty: "" }),
  ).toEqual({
    search: { status: "5xx", model: "gpt-5" },
    ignored: ["since", "toString", "live"],
  });
});

test("a filter has several values, each of which is checked", () => {
  expect(
    readSearch({ status: "5xx,429", cache: "HIT,SEMANTIC HIT", model: 'gpt-5,"a,b"', verdict: "deny,maybe" }),
  ).toEqual({
    search: { status: "5xx,429", cache: "HIT,SEMANTIC HIT", model: 'gpt-5,"a,b"' },
    ignored: ["verdict"],
  });
  expect(readSearch({ model: Array.from({ length: 21 }, (_, i) => `m${i}`).join() }).ignored).toEqual(["model"]);
});

test("metadata keeps what stands behind its first equals sign", () => {
  expect(queryOf({ metadata: "team=a=b", live: "on", open: "x", model: "m" })).toEqual({
    "metadata.team": "a=b",
    model: "m",
  });
});

test("a saved view holds what the list takes, and earlier ones are read", () => {
  const search = { status: "5xx,429", metadata: "team=a=b", model: "m" };
  const saved = viewOf({ ...search, live: "on", open: "x" });
  expect(saved).toBe("status=5xx%2C429&model=m&metadata.team=a%3Db");
  expect(searchOf(saved)).toEqual(search);
  expect(searchOf("status=5xx&metadata=team%3Da&colour=red")).toEqual({ status: "5xx", metadata: "team=a" });
});
