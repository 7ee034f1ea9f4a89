-- The items of kept responses, so that a caller can name one by its id. An API key finds its own.

-- +goose Up
CREATE TABLE response_items (
    workspace_id TEXT   NOT NULL,
    api_key_id   TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    response_id  TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, api_key_id, id, response_id)
);
CREATE INDEX response_items_of_response ON response_items (workspace_id, response_id);
CREATE INDEX response_items_of_key ON response_items (api_key_id, created_at);
CREATE INDEX response_items_expiry ON response_items (expires_at);

-- +goose Down
DROP TABLE response_items;
