-- sealed holds the conversation and the response, encrypted with the master key.

-- +goose Up
CREATE TABLE responses (
    workspace_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    api_key_id   TEXT    NOT NULL,
    virtual_key  TEXT    NOT NULL,
    native       BOOLEAN NOT NULL,
    sealed       TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    expires_at   BIGINT  NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX responses_of_key ON responses (api_key_id, created_at);
CREATE INDEX responses_expiry ON responses (expires_at);

-- +goose Down
DROP TABLE responses;
