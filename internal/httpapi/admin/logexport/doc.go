// Package logexport administers exports of logs at Portkey's paths
// (https://portkey.ai/docs/api-reference/admin-api/data-plane/logs/log-exports-beta/create-a-log-export),
// which take Portkey's fields and Sluice's own.
//
//	/v1/logs/exports                  lists jobs, makes one
//	/v1/logs/exports/{id}             shows, changes, deletes one
//	/v1/logs/exports/{id}/start       begins it
//	/v1/logs/exports/{id}/cancel      stops it
//	/v1/logs/exports/{id}/download    tells where its file is, or sends it
package logexport
