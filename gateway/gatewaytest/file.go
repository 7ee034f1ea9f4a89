package gatewaytest

import (
	"bytes"

	"github.com/sluicegate/sluice/gateway"
)

// File returns a file whose content is in memory. data must not be modified.
func File(field, name, contentType string, data []byte) gateway.File {
	return gateway.File{Field: field, Name: name, Type: contentType, Size: int64(len(data)), Content: bytes.NewReader(data)}
}
