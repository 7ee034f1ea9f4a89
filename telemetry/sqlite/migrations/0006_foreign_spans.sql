-- +goose Up

-- Spans that other programs reported. They are looked up by trace only, and deleted by the time of
-- their receipt: a reporter's clock can say anything.
CREATE TABLE foreign_spans (
  n         INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL,
  trace     INTEGER NOT NULL, -- the first eight bytes of the id
  received  INTEGER NOT NULL, -- microseconds
  span      BLOB    NOT NULL  -- packed and compressed
);
CREATE INDEX foreign_spans_by_trace ON foreign_spans (trace, workspace);
CREATE INDEX foreign_spans_by_receipt ON foreign_spans (received);
