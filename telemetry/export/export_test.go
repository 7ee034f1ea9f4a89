package export

import "context"

// Sweep looks for files that nobody needs, now.
func (s *Service) Sweep(ctx context.Context) { s.sweep(ctx) }
