-- subject is the issuer and the subject of a member's account at an OpenID provider; '' = none.

-- +goose Up
ALTER TABLE members ADD COLUMN subject TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE members DROP COLUMN subject;
