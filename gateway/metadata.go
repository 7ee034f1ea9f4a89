package gateway

// Limits of an exchange's metadata, all sources together.
const (
	MaxMetadataKeys  = 64
	MaxMetadataBytes = 16 << 10 // of keys and values
)

// AddMetadata adds one entry, unless the key exists already. It returns false, and adds
// nothing, if the entry would exceed the limits.
func (e *Envelope) AddMetadata(key, value string) bool {
	if _, taken := e.Metadata[key]; taken {
		return true
	}
	bytes := len(key) + len(value)
	for k, v := range e.Metadata {
		bytes += len(k) + len(v)
	}
	if len(e.Metadata) >= MaxMetadataKeys || bytes > MaxMetadataBytes {
		return false
	}
	if e.Metadata == nil {
		e.Metadata = make(map[string]string, 4)
	}
	e.Metadata[key] = value
	return true
}
