-- Each write of control data takes the next number of the counter, and holds its row until it
-- commits: changes become visible in the order of their numbers.

-- +goose Up
CREATE TABLE change_counter (
    id  INTEGER NOT NULL PRIMARY KEY,
    seq BIGINT  NOT NULL
);
INSERT INTO change_counter (id, seq) VALUES (1, 0);

CREATE TABLE changes (
    seq          BIGINT NOT NULL PRIMARY KEY,
    kind         TEXT   NOT NULL,
    workspace_id TEXT   NOT NULL,
    record_id    TEXT   NOT NULL
);

-- +goose Down
DROP TABLE changes;
DROP TABLE change_counter;
