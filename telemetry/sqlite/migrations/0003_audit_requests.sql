-- +goose Up

-- The trail of one request, and who did what, are looked up without reading the whole trail.
CREATE INDEX audit_by_request ON audit (json_extract(canonical, '$.request_id'));
CREATE INDEX audit_by_member ON audit (json_extract(canonical, '$.member'));
CREATE INDEX audit_by_member_name ON audit (json_extract(canonical, '$.member_name'));
