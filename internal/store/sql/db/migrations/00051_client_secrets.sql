-- Client secrets: what opens realtime sessions for an API key, for a short time. The hash is the SHA-256
-- of the secret; sealed is the session that it stands for.

-- +goose Up
CREATE TABLE client_secrets (
    hash       TEXT   NOT NULL PRIMARY KEY,
    api_key_id TEXT   NOT NULL,
    sealed     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX client_secrets_api_key ON client_secrets (api_key_id);
CREATE INDEX client_secrets_expires_at ON client_secrets (expires_at);

-- +goose Down
DROP TABLE client_secrets;
