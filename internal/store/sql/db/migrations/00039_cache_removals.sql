-- What was removed from the cache of answers, for the memory of other replicas. Rows go after a day.

-- +goose Up
CREATE TABLE cache_removals (
    id         TEXT   NOT NULL PRIMARY KEY,
    removal    TEXT   NOT NULL, -- keyed digests as JSON
    removed_at BIGINT NOT NULL
);
CREATE INDEX cache_removals_by_time ON cache_removals (removed_at);

-- +goose Down
DROP TABLE cache_removals;
