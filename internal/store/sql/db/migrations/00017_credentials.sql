-- A virtual key may hold several credentials. The one named default stands in its row, as it did.
-- A credential is sealed, or a reference to where it is.

-- +goose Up
ALTER TABLE virtual_keys ADD COLUMN reference TEXT NOT NULL DEFAULT '';
ALTER TABLE virtual_keys ADD COLUMN expires_at BIGINT;
CREATE TABLE virtual_key_credentials (
    virtual_key_id TEXT    NOT NULL REFERENCES virtual_keys (id) ON DELETE CASCADE,
    name           TEXT    NOT NULL,
    position       INTEGER NOT NULL,
    weight         INTEGER NOT NULL,
    reference      TEXT    NOT NULL,
    credential     TEXT    NOT NULL,
    PRIMARY KEY (virtual_key_id, name)
);

-- +goose Down
DROP TABLE virtual_key_credentials;
ALTER TABLE virtual_keys DROP COLUMN expires_at;
ALTER TABLE virtual_keys DROP COLUMN reference;
