-- +goose Up

-- The trail of one request, and who did what, are looked up by columns. Indexes of expressions took
-- more time than the row. Rows of older versions are never changed: they keep those indexes.
ALTER TABLE audit ADD COLUMN request_id TEXT; -- NULL: none, or a row of an older version
ALTER TABLE audit ADD COLUMN caller INTEGER;  -- a row of callers, 0: any; NULL: a row of an older version
CREATE INDEX audit_by_request_id ON audit (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX audit_by_caller ON audit (caller) WHERE caller IS NOT NULL;
DROP INDEX audit_by_request;
DROP INDEX audit_by_member;
DROP INDEX audit_by_member_name;
CREATE INDEX audit_old_by_request ON audit (json_extract(canonical, '$.request_id')) WHERE caller IS NULL;
CREATE INDEX audit_old_by_member ON audit (json_extract(canonical, '$.member')) WHERE caller IS NULL;
CREATE INDEX audit_old_by_member_name ON audit (json_extract(canonical, '$.member_name')) WHERE caller IS NULL;
